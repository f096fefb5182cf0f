"""A recovery: the deliveries of a time range are sent again, in the background, because a person asked for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.domain import ids


class Wanted(StrEnum):
    """Which deliveries of the time range to recover."""

    FAILED = "failed"
    """Deliveries that were attempted without success and have no automatic retry left."""
    MISSING = "missing"
    """Notifications that match the webhook and were never delivered: not attempted, or without success."""
    ALL = "all"
    """Every delivery, again."""


class RecoveryState(StrEnum):
    """The state of a recovery."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    """A user stopped it."""
    FAILED = "failed"
    """The webhook was paused, disabled or deleted during the recovery."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """A recovery of the deliveries that began in a time range; `since` is inclusive, `until` exclusive.

    The first phase, the survey, finds deliveries that have ended (`is_surveyed` is true after it). The second phase sends.
    `cursor` is where the current phase continues; only the store that made it can read it. `reached_at` is the time of the
    last item that the phase has read. `version` is the number of the next step.
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
        """Whether it reads the stored notifications, oldest first, and not the history, newest first."""
        return self.only is Wanted.MISSING and self.is_surveyed

    def covers(self, delivery_id: str) -> bool:
        """Whether a delivery began in the time range."""
        return self.since <= ids.time_of(delivery_id.removeprefix(ids.DELIVERY)) < self.until

    def record_id_of(self, delivery_id: str) -> ids.RecordId:
        """The record id of its attempt of a delivery. A repeated step makes the same id."""
        return ids.RecordId(self.webhook_id, ids.derived(self.started_at, "recovery", self.id, delivery_id))

    def advanced(
        self, at: datetime, cursor: str | None, *, reached_at: datetime | None, examined: int, enqueued: int
    ) -> Recovery:
        """The recovery after a step. If nothing is left to read, the phase ends, and after the last phase the recovery.

        `reached_at` is the time of the last item that the step has read; ``None`` if it has read nothing.
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
        """The time that is further in the direction in which the phase reads."""
        known = [each for each in (self.reached_at, reached_at) if each is not None]
        return (max if self.reads_kept_notifications else min)(known, default=None)

    def ended(self, at: datetime, state: RecoveryState) -> Recovery:
        """The recovery, ended early."""
        return replace(self, state=state, updated_at=at, version=self.version + 1)

    def progress(self) -> float:
        """The finished part of the time range, from 0 to 1. The survey, if there is one, counts for half."""
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
