"""Recoveries and tests in requests and responses."""

from pydantic import ConfigDict, Field

from chalicelib.api.wire.model import Described, GivenMoment, Incoming, Moment, Outgoing, never_null
from chalicelib.api.wire.notifications import NotificationIn
from chalicelib.domain.history.recovery import Recovery, RecoveryState, Wanted


class RecoveryIn(Incoming):
    """Which deliveries to send again; `since` is inclusive, `until` exclusive.

    Both are compared with the start of a delivery.
    """

    since: GivenMoment
    until: GivenMoment | None = None
    only: Wanted


class RecoveryOut(Outgoing):
    """A recovery and its progress."""

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
        """The recovery in a response."""
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
    """A test that is still running: the id that its record will have."""

    id: str


class TestIn(Described):
    """The body of `POST /webhooks/{id}/test`, which may be left out: the notification to send instead of the sample."""

    model_config = ConfigDict(extra="forbid")

    notification: NotificationIn | None = Field(None, json_schema_extra=never_null)
