"""The history: one record for each attempt, with what was sent and what came back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.domain import ids
from chalicelib.domain.attempt import Exchange, FailureCause, Outcome, PendingAttempt, Trigger
from chalicelib.domain.schedule import AttemptSchedule, retry_after_s

if TYPE_CHECKING:
    from datetime import datetime

DUE_AFTER_S: Final = 900
"""A next attempt that is further off than SQS can delay a message (15 minutes) waits in the `due` index instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRecord:
    """One attempt, as sent and as answered.

    `next_attempt_at` is when the delivery is tried again by itself; ``None`` where it is not.
    """

    attempt: PendingAttempt
    exchange: Exchange
    failure: FailureCause | None
    message: str
    next_attempt_at: datetime | None

    @property
    def outcome(self) -> Outcome:
        """How it ended."""
        return Outcome.SUCCEEDED if self.failure is None else Outcome.FAILED

    @property
    def created_at(self) -> datetime:
        """When the attempt was queued for: what the history is ordered by."""
        return ids.time_of(self.attempt.record_id.sort)

    @property
    def finished_at(self) -> datetime:
        """When the answer was in, or the attempt was given up."""
        return self.exchange.started_at + timedelta(milliseconds=self.exchange.duration_ms)

    @property
    def waits_in_due_index(self) -> bool:
        """Whether the next attempt is too far off for a queue to hold it back."""
        return self.next_attempt_at is not None and self.next_attempt_at - self.finished_at > timedelta(seconds=DUE_AFTER_S)

    def expires_at(self, history_days: int) -> datetime:
        """When the record is forgotten; never while it still waits in the `due` index."""
        kept_from = self.finished_at if self.next_attempt_at is None else max(self.finished_at, self.next_attempt_at)
        return kept_from + timedelta(days=history_days)

    def next_attempt(self) -> PendingAttempt | None:
        """The attempt that the schedule owes after this one; its id is always the same, however often it is asked for."""
        if self.next_attempt_at is None:
            return None
        number = self.attempt.attempt_number + 1
        sort = ids.derived(self.next_attempt_at, self.attempt.delivery_id, str(number), self.attempt.record_id.sort)
        return replace(
            self.attempt,
            record_id=ids.RecordId(self.attempt.webhook_id, sort),
            attempt_number=number,
            trigger=Trigger.SCHEDULE,
            retry_of=None,
            slot_at=None,
        )

    def retry(self, record_id: ids.RecordId) -> PendingAttempt:
        """The attempt that a person asks for: the same bytes to the same webhook, under a fresh record."""
        return replace(
            self.attempt,
            record_id=record_id,
            attempt_number=self.attempt.attempt_number + 1,
            trigger=Trigger.RETRY,
            retry_of=str(self.attempt.record_id),
            slot_at=None,
        )


def record(attempt: PendingAttempt, exchange: Exchange, schedule: AttemptSchedule) -> HistoryRecord:
    """Judge an exchange, and work out when the delivery is to be tried again.

    What a person retried is not put on the schedule again: the delivery's own schedule goes on beside it.
    """
    failure, message = exchange.judge()
    made = HistoryRecord(attempt=attempt, exchange=exchange, failure=failure, message=message, next_attempt_at=None)
    if failure is None or failure.is_final or attempt.trigger.is_awaited:
        return made
    answer = exchange.response
    next_attempt_at = schedule.next_attempt_at(
        attempt_number=attempt.attempt_number,
        failed_at=made.finished_at,
        retry_after_s=retry_after_s(answer.header("retry-after"), made.finished_at) if answer else None,
        seed=str(attempt.record_id),
    )
    return replace(made, next_attempt_at=next_attempt_at)
