"""The deliver worker: a batch of attempts is sent, recorded, and followed up.

If the process dies:

* before an attempt is sent, SQS delivers its message again, and the attempt is made then;
* after it was sent, before its record is written, SQS delivers the message again and the attempt is made again, with the
  same record id and the same ``webhook-id``, by which the receiver can deduplicate;
* after its record is written, before its next attempt is queued, SQS delivers the message again, the record is found,
  nothing is sent, and the next attempt is queued with the id that it would have had;
* after that, SQS delivers the message again, the record is found, and the next attempt is queued twice with one id. The
  second one finds the record of the first. At least once, never lost.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from chalicelib.delivery.dispatch import BatchDispatch
from chalicelib.delivery.ports import Enqueued, Lane
from chalicelib.delivery.view import WebhookView
from chalicelib.domain import queue_delay
from chalicelib.domain.delivery.attempt import FailureCause, Trigger
from chalicelib.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from chalicelib.delivery.gate import Gate, Postponed
    from chalicelib.delivery.health import HealthKeeper
    from chalicelib.delivery.ports import DeliveryQueue, HttpSender
    from chalicelib.delivery.record_keeper import RecordKeeper
    from chalicelib.delivery.rules import DispatchRules
    from chalicelib.delivery.tokens import Tokens
    from chalicelib.delivery.waiting import Waiting
    from chalicelib.domain.delivery.attempt import PendingAttempt
    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.history.ports import HistoryStore
    from chalicelib.ports import Clock
    from chalicelib.webhooks.ports import WebhookStore

log = logging.getLogger(__name__)

_FIRST_RECEIPT: Final = 1


@dataclass(frozen=True, slots=True)
class ReceivedAttempt:
    """A message of a delivery queue; `receive_count` is how often SQS has delivered it, from 1."""

    message_id: str
    attempt: PendingAttempt
    receive_count: int


class Deliver:
    """Sends the attempts of a batch."""

    def __init__(  # noqa: PLR0913 - one argument for each port
        self,
        *,
        history: HistoryStore,
        keeper: RecordKeeper,
        store: WebhookStore,
        deliveries: DeliveryQueue,
        sender: HttpSender,
        gate: Gate,
        health: HealthKeeper,
        tokens: Tokens,
        waiting: Waiting,
        clock: Clock,
        rules: DispatchRules,
    ) -> None:
        self._history = history
        self._keeper = keeper
        self._store = store
        self._deliveries = deliveries
        self._sender = sender
        self._gate = gate
        self._health = health
        self._tokens = tokens
        self._waiting = waiting
        self._clock = clock
        self._rules = rules

    def batch(self, received: Sequence[ReceivedAttempt], lane: Lane = Lane.SLOW) -> list[str]:
        """Send the attempts of a lane's batch; return the ids of the messages that SQS is to deliver again.

        Attempts that do not belong on the fast lane go to the slow one, where all may be sent. SQS may put two copies of one
        message into a batch: the attempt is made once.
        """
        try:
            fresh = self._without_recorded(received)
            dispatch = self._dispatch(list({each.attempt.record_id: each.attempt for each in fresh}.values()), lane)
        except Unavailable as error:
            log.warning("batch.unavailable", extra={"reason": error.message})
            return [each.message_id for each in received]
        self._sender.exchange_all(dispatch)
        failed = self._conclude(dispatch)
        return [each.message_id for each in fresh if each.attempt.record_id in failed]

    def _without_recorded(self, received: Sequence[ReceivedAttempt]) -> list[ReceivedAttempt]:
        """Leave out the attempts that have a record, after queueing their next attempts, which may be missing.

        A message that SQS delivers again is looked up. So are automatic retries, attempts of a recovery, and attempts that
        were put back, because there may be two copies of each. First attempts cost nothing here.
        """
        again = {each.attempt.record_id for each in received if _may_be_recorded(each)}
        recorded = self._history.get_many(again) if again else {}
        if recorded:
            self._queue_next(recorded.values())
            log.info("delivery.recognised", extra={"attempts": len(recorded)})
        return [each for each in received if each.attempt.record_id not in recorded]

    def _dispatch(self, attempts: Sequence[PendingAttempt], lane: Lane) -> BatchDispatch:
        """Read the batch's webhooks once, and admit the attempts that may be sent now."""
        read_at = self._clock.now()
        webhooks = self._store.get_many({attempt.webhook_id for attempt in attempts}) if attempts else {}
        dispatch = BatchDispatch(
            admission=self._gate.open([each for each in attempts if each.problem is None], webhooks, lane),
            view=WebhookView(webhooks, read_at, self._store.get_many),
            mark_slow=self._health.mark_slow,
            lane=lane,
            tokens=self._tokens.for_batch(),
            clock=self._clock,
            rules=self._rules,
        )
        for attempt in attempts:
            webhook = webhooks.get(attempt.webhook_id)
            if attempt.problem is not None and webhook is not None and webhook.is_live:
                dispatch.record_without_body(attempt)
        return dispatch

    def _conclude(self, dispatch: BatchDispatch) -> set[object]:
        """Write the records, then queue what follows; return the record ids of attempts for which that failed."""
        failed: set[object] = set()
        records = dispatch.records
        try:
            if records:
                self._queue_next(self._kept(records))
        except Unavailable as error:
            log.warning("batch.not_concluded", extra={"reason": error.message})
            failed.update(record.attempt.record_id for record in records)
        try:
            self._postpone(dispatch.postponed)
        except Unavailable as error:
            log.warning("batch.not_postponed", extra={"reason": error.message})
            failed.update(each.attempt.record_id for each in dispatch.postponed)
        try:
            self._waiting.hold(dispatch.held)
        except Unavailable as error:
            log.warning("batch.not_held", extra={"reason": error.message})
            failed.update(each.attempt.record_id for each in dispatch.held)
        sent = [each for each in dispatch.ended if each.record.failure is not FailureCause.RENDERING]
        self._health.learn(dispatch.webhooks, sent)
        return failed

    def _kept(self, records: Sequence[HistoryRecord]) -> list[HistoryRecord]:
        """Write the records, and return those that decide what follows.

        Two copies of a message may have been sent at about the same time. If both failed, the first record counts: otherwise
        the schedule would fork, and each branch would continue by itself.
        """
        failed = {each.attempt.record_id for each in records if each.failure is not None}
        before = self._history.get_many(failed) if failed else {}
        self._keeper.keep([each for each in records if each.attempt.record_id not in before])
        return [before.get(each.attempt.record_id, each) for each in records]

    def _queue_next(self, records: Iterable[HistoryRecord]) -> None:
        """Queue the next attempts that are near; later ones wait in the due index, in which their record is listed."""
        now = self._clock.now()
        near = [each for each in records if each.next_attempt_at is not None and not each.waits_in_due_index]
        messages = [
            Enqueued(attempt, Lane.SLOW, queue_delay.delay_until(each.next_attempt_at, now))
            for each in near
            if (attempt := each.next_attempt()) is not None
        ]
        if messages:
            self._deliveries.send(messages)

    def _postpone(self, postponed: Sequence[Postponed]) -> None:
        now = self._clock.now()
        if postponed:
            self._deliveries.send(
                [
                    Enqueued(each.attempt.put_back(now), each.lane, queue_delay.delay_until(each.until, now))
                    for each in postponed
                ]
            )


def _may_be_recorded(received: ReceivedAttempt) -> bool:
    is_maybe_a_copy = received.attempt.trigger in {Trigger.SCHEDULE, Trigger.RECOVERY} or received.attempt.hops.count > 0
    return is_maybe_a_copy or received.receive_count > _FIRST_RECEIPT
