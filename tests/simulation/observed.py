"""What the simulation observed, in true time, for the checks after the run."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chalicelib.domain.delivery.attempt import FailureCause
from chalicelib.domain.notifications import envelope
from tests.simulation.processes import Process

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.domain.delivery.attempt import PendingAttempt
    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.domain.webhooks.health import Health
    from chalicelib.intake.ports import QueuedNotification
    from tests.simulation.clocks import SimClock


@dataclass(slots=True)
class Call:
    """A request: its position in the order of all events, its purpose, and the process that sent it."""

    number: int
    at: datetime
    record_id: str
    delivery_id: str
    webhook_url: str
    body: str
    status: int
    """The status of the response; 0 if there is none."""
    retry_after_s: float
    process: Process
    ended_at: datetime | None = None

    @property
    def is_success(self) -> bool:
        return self.status == 200


@dataclass(frozen=True, slots=True)
class Sent:
    """An attempt that was put on a lane."""

    at: datetime
    attempt: PendingAttempt
    process: Process | None


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice to an owner."""

    kind: str
    webhook_id: str


@dataclass(slots=True)
class Observed:
    """Grows while a scenario runs."""

    clock: SimClock
    calls: list[Call] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    refused_loops: list[str] = field(default_factory=list)
    in_flight_most: int = 0
    """Requests that one process had in flight at the same time, including those for tokens."""
    made_for: dict[str, str] = field(default_factory=dict)
    """The incarnation of the user for whom a webhook was created, by the webhook's id."""
    not_allowed: list[str] = field(default_factory=list)
    """Webhooks that were written for a user who was not allowed to have them."""
    notices: list[Notice] = field(default_factory=list)
    notice_texts: list[tuple[str, datetime]] = field(default_factory=list)
    health: defaultdict[str, list[tuple[datetime, Health]]] = field(default_factory=lambda: defaultdict(list))
    kept_at: dict[str, datetime] = field(default_factory=dict)
    """When the record was first written."""
    last_kept_at: dict[str, datetime] = field(default_factory=dict)
    unsent: list[HistoryRecord] = field(default_factory=list)
    """Records of attempts that failed because there was no token. The table may keep that of another copy of the attempt."""
    removed_at: dict[str, datetime] = field(default_factory=dict)

    def written(self, record: HistoryRecord) -> None:
        """Called when the table has accepted a record."""
        record_id = str(record.attempt.record_id)
        self.kept_at.setdefault(record_id, self.clock.at)
        self.last_kept_at[record_id] = self.clock.at

    def judged(self, record: HistoryRecord) -> None:
        """Called when a record is to be written, before the table accepts or refuses it."""
        if record.failure is FailureCause.AUTHORIZATION:
            self.unsent.append(record)

    def health_changed(self, webhook_id: str, health: Health) -> None:
        """Called when the table has accepted a webhook's health."""
        self.health[webhook_id].append((self.clock.at, health))

    def removed(self, webhook_id: str) -> None:
        """Called when a webhook was deleted."""
        self.removed_at.setdefault(webhook_id, self.clock.at)

    def enqueued(self, attempt: PendingAttempt) -> None:
        """Called when a lane has accepted an attempt."""
        self.sent.append(Sent(self.clock.at, attempt, Process.here()))

    def notified(self, queued: Sequence[QueuedNotification]) -> None:
        """Called when the accepted queue has accepted notifications. Those of the service itself are notices to owners.

        With an id beside the text it is the rest of a fan-out.
        """
        for each in queued:
            if envelope.ID not in each.attributes and '"webhookId"' in each.text:
                members: dict[str, Any] = json.loads(each.text)
                self.notices.append(Notice(members["notificationType"], members["webhookId"]))
                self.notice_texts.append((each.text, self.clock.at))
