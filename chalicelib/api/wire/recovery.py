"""Recoveries and tests on the wire."""

from pydantic import ConfigDict, Field

from chalicelib.api.wire.model import Described, GivenMoment, Incoming, Moment, Outgoing, never_null
from chalicelib.api.wire.notifications import NotificationIn
from chalicelib.domain.history.recovery import Recovery, RecoveryState, Wanted


class RecoveryIn(Incoming):
    """What is to be recovered; `since` is inclusive, `until` exclusive, both on when the deliveries began."""

    since: GivenMoment
    until: GivenMoment | None = None
    only: Wanted


class RecoveryOut(Outgoing):
    """How far a recovery is."""

    id: str
    webhook_id: str
    only: Wanted
    since: Moment
    until: Moment
    state: RecoveryState
    progress: float
    enqueued: int
    examined: int
    started_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, recovery: Recovery) -> "RecoveryOut":
        """The recovery as its webhook's owner sees it."""
        return cls(
            id=recovery.id,
            webhook_id=recovery.webhook_id,
            only=recovery.only,
            since=recovery.since,
            until=recovery.until,
            state=recovery.state,
            progress=round(recovery.progress(), 3),
            enqueued=recovery.enqueued,
            examined=recovery.examined,
            started_at=recovery.started_at,
            updated_at=recovery.updated_at,
        )


class TestOut(Outgoing):
    """A test whose outcome is not in yet: the record that it will have."""

    id: str


class TestIn(Described):
    """The body of `POST /webhooks/{id}/test`, which may be left out: the notification to send instead of the sample."""

    model_config = ConfigDict(extra="forbid")

    notification: NotificationIn | None = Field(None, json_schema_extra=never_null)
