"""History records: one for each attempt, with its request and response."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.domain import ids
from chalicelib.domain.delivery import asked_wait, verdicts
from chalicelib.domain.delivery.attempt import Exchange, FailureCause, Outcome, PendingAttempt, Trigger
from chalicelib.domain.delivery.hops import NONE as NO_HOPS
from chalicelib.domain.errors import RecordExpunged
from chalicelib.domain.payloads.formats import BodyFormat

if TYPE_CHECKING:
    from chalicelib.domain.delivery.schedule import AttemptSchedule

DUE_AFTER_S: Final = 900
"""SQS can delay a message up to 15 minutes. A next attempt that is later waits in the `due` index instead."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of the two bodies before they were expunged."""

    request_bytes: int
    response_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRecord:
    """One attempt, with its request and response.

    `next_attempt_at` is the time of the automatic retry; ``None`` if there is none. `retention_days` is the webhook's
    retention at the time of the attempt; ``None`` means the setting's. `expunged` is set after the content was expunged.
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
        """Whether the attempt succeeded."""
        return Outcome.SUCCEEDED if self.failure is None else Outcome.FAILED

    @property
    def is_first_success(self) -> bool:
        """Whether it is the first attempt of a notification's delivery, and succeeded. Its id derives from the delivery."""
        attempt = self.attempt
        is_first = attempt.attempt_number == 1 and attempt.trigger is Trigger.NOTIFICATION
        return is_first and self.failure is None

    @property
    def created_at(self) -> datetime:
        """The time for which the attempt was queued. The history is ordered by it."""
        return ids.time_of(self.attempt.record_id.sort)

    @property
    def finished_at(self) -> datetime:
        """When the response was complete, or the attempt was given up."""
        return self.exchange.started_at + timedelta(milliseconds=self.exchange.duration_ms)

    @property
    def waits_in_due_index(self) -> bool:
        """Whether the next attempt is later than a queue can delay it."""
        return self.next_attempt_at is not None and self.next_attempt_at - self.finished_at > timedelta(seconds=DUE_AFTER_S)

    @property
    def sizes(self) -> Sizes:
        """The sizes of the two bodies, also after they were expunged."""
        response = self.exchange.response
        return self.expunged or Sizes(len(self.exchange.request.body), len(response.body) if response is not None else 0)

    def expires_at(self, history_days: int) -> datetime:
        """When the record expires. It does not expire while it waits in the `due` index."""
        kept_from = self.finished_at if self.next_attempt_at is None else max(self.finished_at, self.next_attempt_at)
        return kept_from + timedelta(days=self.retention_days or history_days)

    def without_content(self, now: datetime) -> HistoryRecord:
        """The record without bodies and headers. A next attempt that waits in the `due` index is cancelled."""
        exchange = self.exchange
        response = exchange.response
        is_waiting = self.waits_in_due_index and self.next_attempt_at is not None and self.next_attempt_at > now
        return replace(
            self,
            attempt=replace(self.attempt, body="", chosen=None),
            exchange=replace(
                exchange,
                request=replace(exchange.request, headers=(), body=b""),
                response=None if response is None else replace(response, headers=(), body=b""),
            ),
            next_attempt_at=None if is_waiting else self.next_attempt_at,
            expunged=self.sizes,
        )

    def next_attempt(self) -> PendingAttempt | None:
        """The automatic retry after this attempt; ``None`` if there is none. Its id is the same on every call.

        An expunged record has no next attempt, since nothing is left to send.
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

        Raises `RecordExpunged` if the content was expunged.
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
    """The record of an exchange: its outcome by the rules of the format, and the time of the next attempt.

    A manual retry is followed by no automatic one, since the delivery's own schedule continues.
    """
    failure, message = verdicts.of(exchange, body_format)
    unscheduled = HistoryRecord(
        attempt=attempt,
        exchange=exchange,
        failure=failure,
        message=message,
        next_attempt_at=None,
        retention_days=retention_days,
    )
    if failure is None or failure.is_final or attempt.trigger.is_awaited:
        return _last(unscheduled)
    next_attempt_at = schedule.next_attempt_at(
        attempt_number=attempt.attempt_number,
        failed_at=unscheduled.finished_at,
        retry_after_s=asked_wait.seconds(exchange, body_format, unscheduled.finished_at),
        seed=str(attempt.record_id),
    )
    return replace(unscheduled, next_attempt_at=next_attempt_at) if next_attempt_at is not None else _last(unscheduled)


def _last(final: HistoryRecord) -> HistoryRecord:
    """A record without `chosen`, which only a next attempt needs."""
    return replace(final, attempt=replace(final.attempt, chosen=None))
