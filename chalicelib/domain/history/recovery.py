"""A recovery: the deliveries of a period are enqueued again in the background, because a user asked for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain import ids

if TYPE_CHECKING:
    from datetime import datetime


class Wanted(StrEnum):
    """Which deliveries of the period to recover."""

    FAILED = "failed"
    """Those that were attempted, have never succeeded, and will not be retried automatically."""
    MISSING = "missing"
    """Notifications that match the webhook and never reached it: not attempted, or without success."""
    ALL = "all"
    """Every delivery again."""


class RecoveryState(StrEnum):
    """The state of a recovery."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    """A user stopped it."""
    FAILED = "failed"
    """The webhook was paused, disabled or deleted in the meantime."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """One recovery. `since` is inclusive, `until` exclusive. Both are compared with the start of a delivery.

    `cursor` is the position after which to continue: first in the survey of settled deliveries (until `is_surveyed`), then
    in the deliveries to recover. Only the store that made it can read it. `reached_at` is the time of the last item that
    this phase has read. `version` is the number of the next step.
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
        """Whether it reads the stored notifications, oldest first; otherwise the history, newest first."""
        return self.only is Wanted.MISSING and self.is_surveyed

    def covers(self, delivery_id: str) -> bool:
        """Whether a delivery began in the period."""
        return self.since <= ids.time_of(delivery_id.removeprefix(ids.DELIVERY)) < self.until

    def record_id_of(self, delivery_id: str) -> ids.RecordId:
        """The id of the record for its attempt of a delivery: the same if a step is repeated."""
        return ids.RecordId(self.webhook_id, ids.derived(self.started_at, "recovery", self.id, delivery_id))

    def advanced(
        self, at: datetime, cursor: str | None, *, reached_at: datetime | None, examined: int, enqueued: int
    ) -> Recovery:
        """The recovery after a step.

        If nothing is left to read, the phase is over; after the last phase, the recovery is done.

        `reached_at` is the time of the last item that the step has read, ``None`` if it has read nothing.
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
        """The later of two times, in the direction of the phase."""
        known = [each for each in (self.reached_at, reached_at) if each is not None]
        return (max if self.reads_kept_notifications else min)(known, default=None)

    def ended(self, at: datetime, state: RecoveryState) -> Recovery:
        """The recovery, ended early."""
        return replace(self, state=state, updated_at=at, version=self.version + 1)

    def progress(self) -> float:
        """The progress, from 0 to 1. A survey counts for half."""
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
