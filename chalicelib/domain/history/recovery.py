"""A recovery: all the deliveries of a span of time that a person asks for again, worked off in the background."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain import ids


class Wanted(StrEnum):
    """Which deliveries of the span are meant."""

    FAILED = "failed"
    """Those that were tried, never with success, and are not going to be tried again by themselves."""
    MISSING = "missing"
    """Notifications that the webhook wants, and that never reached it: not even tried, or without success."""
    ALL = "all"
    """Every delivery, once more."""


class RecoveryState(StrEnum):
    """How far a recovery is."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    """A person stopped it."""
    FAILED = "failed"
    """The webhook was paused, disabled or deleted meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """One recovery. `since` is inclusive, `until` exclusive, both on when the deliveries began.

    `cursor` is where to read on, in the survey of what has come to its end (`is_surveyed` says that it is over) and then in
    what is to be recovered. Only the store that gave it can read it. `reached_at` is the time of the last thing that this
    phase has read. `version` is the number of the step that comes next.
    """

    id: str
    webhook_id: str
    only: Wanted
    since: datetime
    until: datetime
    started_at: datetime
    updated_at: datetime
    state: RecoveryState = RecoveryState.RUNNING
    is_surveyed: bool = False
    cursor: str | None = None
    reached_at: datetime | None = None
    enqueued: int = 0
    examined: int = 0
    version: int = 1

    @property
    def reads_kept_notifications(self) -> bool:
        """Whether its place is in the kept notifications, oldest first; else it is in the history, newest first."""
        return self.only is Wanted.MISSING and self.is_surveyed

    def covers(self, delivery_id: str) -> bool:
        """Whether a delivery began in the span."""
        return self.since <= ids.time_of(delivery_id.removeprefix(ids.DELIVERY)) < self.until

    def record_id_of(self, delivery_id: str) -> ids.RecordId:
        """The record that its attempt of a delivery has: a step that is repeated repeats it."""
        return ids.RecordId(self.webhook_id, ids.derived(self.started_at, "recovery", self.id, delivery_id))

    def advanced(
        self, at: datetime, cursor: str | None, *, reached_at: datetime | None, examined: int, enqueued: int
    ) -> Recovery:
        """After a step; if nothing is left to read, its phase is over, and with the last phase the recovery.

        `reached_at` is the time of the last thing that the step has read, ``None`` if it has read nothing.
        """
        is_over = cursor is None and self.is_surveyed
        return replace(
            self,
            state=RecoveryState.DONE if is_over else RecoveryState.RUNNING,
            is_surveyed=self.is_surveyed or cursor is None,
            cursor=cursor,
            reached_at=None if cursor is None else self._further(reached_at),
            examined=self.examined + examined,
            enqueued=self.enqueued + enqueued,
            updated_at=at,
            version=self.version + 1,
        )

    def _further(self, reached_at: datetime | None) -> datetime | None:
        """The time that is further on in the direction of the phase."""
        known = [each for each in (self.reached_at, reached_at) if each is not None]
        return (max if self.reads_kept_notifications else min)(known, default=None)

    def ended(self, at: datetime, state: RecoveryState) -> Recovery:
        """Brought to an end before its time."""
        return replace(self, state=state, updated_at=at, version=self.version + 1)

    def progress(self) -> float:
        """The part of the span that is behind it, from 0 to 1; the survey, where there is one, counts for half."""
        if self.state is RecoveryState.DONE:
            return 1.0
        part = 0.0 if self.reached_at is None else self._part_of_phase(self.reached_at)
        return part if self.only is Wanted.ALL else (part + self.is_surveyed) / 2

    def _part_of_phase(self, at: datetime) -> float:
        if self.reads_kept_notifications:
            part = (at - self.since) / (self.until - self.since)
        else:
            part = (self.started_at - at) / (self.started_at - self.since)
        return min(max(part, 0.0), 1.0)
