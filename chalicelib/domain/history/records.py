"""History records: one for each attempt, with its request and response."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.domain import ids
from chalicelib.domain.delivery import asked_wait, verdicts
from chalicelib.domain.delivery.attempt import Exchange, FailureCause, Outcome, PendingAttempt, Trigger
from chalicelib.domain.delivery.hops import NONE as NO_HOPS
from chalicelib.domain.errors import RecordExpunged
from chalicelib.domain.payloads.formats import BodyFormat

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.delivery.schedule import AttemptSchedule

DUE_AFTER_S: Final = 900
"""If the next attempt is later than SQS can delay a message (15 minutes), it waits in the `due` index."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of the two bodies before they were expunged."""

    request_bytes: int
    response_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRecord:
    """One attempt with its request and response.

    `next_attempt_at` is the time of the automatic retry; ``None`` if there is none. `retention_days` is the webhook's at the
    time of the attempt; ``None`` means the setting. `expunged` is set after the bodies were expunged.
    """

    attempt: PendingAttempt
    exchange: Exchange
    failure: FailureCause | None
    message: str
    next_attempt_at: datetime | None
    retention_days: int | None = None
    expunged: Sizes | None = None

    @property
    def outcome(self) -> Outcome:
        """The outcome."""
        return Outcome.SUCCEEDED if self.failure is None else Outcome.FAILED

    @property
    def is_first_success(self) -> bool:
        """Whether it is the most frequent kind: the first attempt for a notification, and a success.

        Its id derives from the delivery.
        """
        attempt = self.attempt
        is_first = attempt.attempt_number == 1 and attempt.trigger is Trigger.NOTIFICATION
        return is_first and self.failure is None

    @property
    def created_at(self) -> datetime:
        """When the attempt was due. The history is in this order."""
        return ids.time_of(self.attempt.record_id.sort)

    @property
    def finished_at(self) -> datetime:
        """When the response was complete, or the attempt was given up."""
        return self.exchange.started_at + timedelta(milliseconds=self.exchange.duration_ms)

    @property
    def waits_in_due_index(self) -> bool:
        """Whether the next attempt is later than a queue can delay a message."""
        return self.next_attempt_at is not None and self.next_attempt_at - self.finished_at > timedelta(seconds=DUE_AFTER_S)

    @property
    def sizes(self) -> Sizes:
        """The sizes of the two bodies, also if they were expunged."""
        answer = self.exchange.response
        return self.expunged or Sizes(len(self.exchange.request.body), len(answer.body) if answer is not None else 0)

    def expires_at(self, history_days: int) -> datetime:
        """When the record expires. It does not expire while it waits in the `due` index."""
        kept_from = self.finished_at if self.next_attempt_at is None else max(self.finished_at, self.next_attempt_at)
        return kept_from + timedelta(days=self.retention_days or history_days)

    def without_content(self, now: datetime) -> HistoryRecord:
        """The record without bodies and headers. If its next attempt waits in the `due` index, that attempt is not made."""
        exchange = self.exchange
        answer = exchange.response
        is_waiting = self.waits_in_due_index and self.next_attempt_at is not None and self.next_attempt_at > now
        return replace(
            self,
            attempt=replace(self.attempt, body="", chosen=None),
            exchange=replace(
                exchange,
                request=replace(exchange.request, headers=(), body=b""),
                response=None if answer is None else replace(answer, headers=(), body=b""),
            ),
            next_attempt_at=None if is_waiting else self.next_attempt_at,
            expunged=self.sizes,
        )

    def next_attempt(self) -> PendingAttempt | None:
        """The automatic next attempt. It has the same id each time it is asked for.

        An expunged record has none: there is nothing left to send.
        """
        if self.next_attempt_at is None or self.expunged is not None:
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
            hops=NO_HOPS,
        )

    def retry(self, record_id: ids.RecordId) -> PendingAttempt:
        """A manual retry: the same bytes to the same webhook, with a new record.

        Raises `RecordExpunged` if the bytes are gone.
        """
        if self.expunged is not None:
            message = "The record's bodies and headers were expunged, so it cannot be sent again."
            raise RecordExpunged(message)
        return replace(
            self.attempt,
            record_id=record_id,
            attempt_number=self.attempt.attempt_number + 1,
            trigger=Trigger.RETRY,
            retry_of=str(self.attempt.record_id),
            slot_at=None,
            hops=NO_HOPS,
        )


def record(
    attempt: PendingAttempt,
    exchange: Exchange,
    schedule: AttemptSchedule,
    *,
    body_format: BodyFormat = BodyFormat.SLACK,
    retention_days: int | None = None,
) -> HistoryRecord:
    """Judge a response by the rules of the webhook's format, and compute the time of the next attempt.

    A manual retry is not retried automatically: the delivery's own schedule continues.
    """
    failure, message = verdicts.of(exchange, body_format)
    made = HistoryRecord(
        attempt=attempt,
        exchange=exchange,
        failure=failure,
        message=message,
        next_attempt_at=None,
        retention_days=retention_days,
    )
    if failure is None or failure.is_final or attempt.trigger.is_awaited:
        return _last(made)
    next_attempt_at = schedule.next_attempt_at(
        attempt_number=attempt.attempt_number,
        failed_at=made.finished_at,
        retry_after_s=asked_wait.seconds(exchange, body_format, made.finished_at),
        seed=str(attempt.record_id),
    )
    return replace(made, next_attempt_at=next_attempt_at) if next_attempt_at is not None else _last(made)


def _last(made: HistoryRecord) -> HistoryRecord:
    """If there is no automatic next attempt, nobody needs to know why the webhook was chosen."""
    return replace(made, attempt=replace(made.attempt, chosen=None))
