"""The order in which a batch's attempts are sent, and what the batch learns on its way.

A batch that fits the places in flight is started at once, whole. A larger one takes turns by webhook, and no webhook takes
more than a few places, so that one that hangs does not keep the others waiting. After one timeout in an invocation the rest
of that webhook's attempts go to the slow lane unsent; after an answer that asks for a pause they wait in the table. Those
of the fast lane leave it as soon as the webhook is known to be slow. An attempt marks it while it is still out: from then
on new attempts for that webhook take the slow lane.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from chalicelib.delivery import attempt_log, lanes, outbound, still_wanted
from chalicelib.delivery.gate import Passed, Postponed, Sorted
from chalicelib.delivery.ports import Lane
from chalicelib.delivery.waiting import Held
from chalicelib.domain import queue_delay
from chalicelib.domain.delivery import asked_wait
from chalicelib.domain.delivery.attempt import Exchange, FailureCause, OutboundRequest
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.history import records
from chalicelib.domain.webhooks import headers
from chalicelib.domain.webhooks.webhook import VIEW_MAX_S

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from chalicelib.delivery.outbound import RequestRules
    from chalicelib.delivery.tokens import BatchTokens
    from chalicelib.domain.delivery.attempt import PendingAttempt
    from chalicelib.domain.delivery.schedule import AttemptSchedule
    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.domain.webhooks.health import Health
    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.ports import Clock

log = logging.getLogger(__name__)

_LOOKS_MAX: Final = 3
"""Looks at the webhooks in a row, each of which took too long; then the attempts are left to another invocation."""
_ANSWER_BYTES_MAX: Final = 64_000_000
"""Bytes of answers that a batch holds until its records are written: then no more is sent, and the rest goes back.

A thousand of the largest answers take 400 MB, and their records as much again. Those in flight come on top.
"""
_HANGS: Final = frozenset({FailureCause.TIMEOUT, FailureCause.DNS})
"""What the next attempt in the same invocation would most likely wait for again."""


@dataclass(frozen=True, slots=True)
class DispatchRules:
    """What the settings say about sending; `chalicelib.settings` documents each."""

    in_flight_max: int
    in_flight_per_webhook_max: int
    sending_s: float
    requests: RequestRules
    slow_after_s: float
    schedule: AttemptSchedule


@dataclass(frozen=True, slots=True)
class Ended:
    """An attempt that has ended, and the webhook as it was when the attempt was sent: the outcome counts for that alone."""

    record: HistoryRecord
    webhook: Webhook
    is_probe: bool = False

    @property
    def asked_s(self) -> float | None:
        """The wait that the receiver asked for when it failed; ``None`` if it asked for none."""
        if self.record.failure is None:
            return None
        return asked_wait.seconds(self.record.exchange, self.webhook.body_format, self.record.finished_at) or None


@dataclass(frozen=True, slots=True)
class _InFlight:
    passed: Passed
    webhook: Webhook


class BatchDispatch:
    """Gives a sender one request after another, and turns what comes back into records."""

    def __init__(  # noqa: PLR0913 - what it starts from, and a port each
        self,
        *,
        given: Sorted,
        webhooks: dict[str, Webhook],
        read_at: datetime,
        reread: Callable[[Collection[str]], dict[str, Webhook]],
        mark_slow: Callable[[Webhook], Health | None],
        lane: Lane,
        tokens: BatchTokens,
        clock: Clock,
        rules: DispatchRules,
    ) -> None:
        self.webhooks = webhooks
        self.postponed = list(given.postponed)
        self.held = list(given.held)
        self.ended: list[Ended] = []
        self._reread = reread
        self._mark_slow = mark_slow
        self._lane = lane
        self._tokens = tokens
        self._clock = clock
        self._rules = rules
        self._read_at = self._started_at = read_at
        self._answer_bytes = 0
        self._waiting: defaultdict[str, deque[Passed]] = defaultdict(deque)
        for each in given.passed:
            self._waiting[each.attempt.webhook_id].append(each)
        self._turns = deque(self._waiting)
        self._in_flight: dict[str, _InFlight] = {}
        self._places: Counter[str] = Counter()
        self._places_max = rules.in_flight_per_webhook_max if len(given.passed) > rules.in_flight_max else len(given.passed)

    @property
    def records(self) -> list[HistoryRecord]:
        """The records of all attempts that have ended."""
        return [each.record for each in self.ended]

    @property
    def late_after_s(self) -> float:
        """A request that is out for longer is what marks its webhook as slow."""
        return self._rules.slow_after_s

    def next(self) -> tuple[str, OutboundRequest] | None:
        """The next request, by turns of the webhooks; ``None`` where all places are taken or nothing waits.

        Where a webhook's requests need a token, the request for that comes first, under the webhook's id.
        """
        if self._turns:
            self._keep_up()
        for _ in range(len(self._turns)):
            if len(self._in_flight) + self._tokens.asking >= self._rules.in_flight_max:
                return None
            webhook_id = self._turns.popleft()
            if self._places[webhook_id] >= self._places_max or self._tokens.is_asking(webhook_id):
                self._turns.append(webhook_id)
                continue
            token_request = self._tokens.ask(self.webhooks[webhook_id], self._rules.requests)
            if token_request is not None:
                self._turns.append(webhook_id)
                return webhook_id, token_request
            chosen = self._waiting[webhook_id].popleft()
            if self._waiting[webhook_id]:
                self._turns.append(webhook_id)
            return self._start(chosen)
        return None

    def late(self, token: str) -> None:
        """An attempt is still out: have its webhook marked as slow now, not when it ends; one for a token tells nothing."""
        late = self._in_flight.get(token)
        if late is None:
            return
        webhook = self.webhooks[late.webhook.id]
        if webhook.version != late.webhook.version or webhook.health.is_slow(self._clock.now()):
            return
        health = self._mark_slow(webhook)
        if health is not None:
            self.webhooks[webhook.id] = replace(webhook, health=health)
            self._leave_fast_lane(webhook.id)

    def done(self, token: str, exchange: Exchange) -> None:
        """An exchange has ended: make its record, unless it was for a token."""
        if self._tokens.is_asking(token):
            self._authorized(token, exchange)
            return
        ended = self._in_flight.pop(token)
        webhook = ended.webhook
        self._places[webhook.id] -= 1
        if exchange.response is not None and exchange.response.status == HTTPStatus.UNAUTHORIZED:
            self._tokens.refused(webhook)
        self._answer_bytes += 0 if exchange.response is None else exchange.response.size_bytes
        self._learn_on_the_way(self._record(ended.passed, webhook, exchange))

    def _learn_on_the_way(self, ended: Ended) -> None:
        """Send no more to a webhook whose next attempt would most likely hang too, or whose receiver asked for a pause."""
        webhook_id = ended.webhook.id
        if webhook_id not in self._turns or ended.webhook.version != self.webhooks[webhook_id].version:
            return
        if ended.record.exchange.is_timed_out or ended.record.failure in _HANGS:
            self._give_up(webhook_id, Lane.SLOW)
        elif (asked_s := ended.asked_s) is not None:
            until = ended.record.finished_at + timedelta(seconds=min(asked_s, queue_delay.DELAY_MAX_S))
            self.held += [Held(lanes.placed(each.attempt, None), until) for each in self._taken_off(webhook_id)]

    def record_unsent(self, attempt: PendingAttempt) -> None:
        """Record an attempt for which there is nothing to send; its problem is what the record says."""
        webhook = self.webhooks[attempt.webhook_id]
        nothing = OutboundRequest(webhook.url, (), b"", self._rules.requests.timeout_s(webhook))
        problem = attempt.problem or ""
        self._record(Passed(attempt), webhook, _unsent(nothing, self._read_at, problem))

    def _authorized(self, webhook_id: str, exchange: Exchange) -> None:
        """A token request has ended: without a token all that waits for it has failed, unsent."""
        webhook = self.webhooks[webhook_id]
        denial = self._tokens.answered(webhook, exchange)
        if denial is None or webhook_id not in self._turns:
            return
        for each in self._taken_off(webhook_id):
            unsent = outbound.request(webhook, each.attempt, exchange.started_at, self._rules.requests)
            failed = replace(exchange, failure=FailureCause.AUTHORIZATION, detail=denial.message, response=None)
            self._record(each, webhook, replace(failed, request=unsent))

    def _record(self, passed: Passed, webhook: Webhook, exchange: Exchange) -> Ended:
        """Make a record; it keeps no value of a header that may be a secret. The webhook is as it was when it was sent."""
        exchange = replace(exchange, request=replace(exchange.request, headers=headers.masked(exchange.request.headers)))
        schedule = webhook.attempt_schedule or self._rules.schedule
        record = records.record(
            passed.attempt, exchange, schedule, body_format=webhook.body_format, retention_days=webhook.retention_days
        )
        attempt_log.attempted(record)
        ended = Ended(record, webhook, passed.is_probe)
        self.ended.append(ended)
        return ended

    def _start(self, chosen: Passed) -> tuple[str, OutboundRequest]:
        attempt = chosen.attempt
        webhook = self.webhooks[attempt.webhook_id]
        token = str(attempt.record_id)
        self._in_flight[token] = _InFlight(chosen, webhook)
        self._places[attempt.webhook_id] += 1
        access_token = self._tokens.token_of(webhook)
        return token, outbound.request(webhook, attempt, self._clock.now(), self._rules.requests, access_token)

    def _keep_up(self) -> None:
        """Stop when the time for sending is over or memory is short, and do not go by webhooks as they were long ago.

        A look may itself take so long that what it saw is old by then.
        """
        for _ in range(_LOOKS_MAX):
            now = self._clock.now()
            if self._is_over(now):
                break
            if now - self._read_at < timedelta(seconds=VIEW_MAX_S):
                return
            self._look_again(now)
        self._stop()

    def _is_over(self, now: datetime) -> bool:
        is_late = now - self._started_at >= timedelta(seconds=self._rules.sending_s)
        return is_late or self._answer_bytes >= _ANSWER_BYTES_MAX

    def _look_again(self, now: datetime) -> None:
        try:
            fresh = self._reread(set(self._turns))
        except Unavailable as error:
            log.warning("webhooks.not_read_again", extra={"reason": error.message})
            self._stop()
            return
        self._read_at = now
        for webhook_id in list(self._turns):
            webhook = fresh.get(webhook_id)
            if webhook is not None and webhook.is_live:
                self.webhooks[webhook_id] = webhook
                self._drop_unwanted(webhook)
                self._leave_fast_lane(webhook_id)
                continue
            log.info("delivery.dropped", extra={"webhook_id": webhook_id, "attempts": len(self._taken_off(webhook_id))})

    def _drop_unwanted(self, webhook: Webhook) -> None:
        """Drop what waits for a webhook that was changed during the batch, and wants it no more."""
        waiting = self._waiting[webhook.id]
        wanted = {each.record_id for each in still_wanted.wanted(webhook, [each.attempt for each in waiting])}
        self._waiting[webhook.id] = deque(each for each in waiting if each.attempt.record_id in wanted)
        if not self._waiting[webhook.id]:
            self._taken_off(webhook.id)

    def _leave_fast_lane(self, webhook_id: str) -> None:
        """Put what waits for a webhook on the slow lane, unsent, where it came off the fast one and is slow."""
        is_slow = self.webhooks[webhook_id].health.is_slow(self._clock.now())
        if self._lane is Lane.FAST and is_slow and webhook_id in self._turns:
            self._give_up(webhook_id, Lane.SLOW)

    def _stop(self) -> None:
        """Start nothing more: all that waits goes back unsent."""
        for webhook_id in list(self._turns):
            self._give_up(webhook_id, None)

    def _give_up(self, webhook_id: str, lane: Lane | None) -> None:
        """Put what waits for a webhook back, unsent; where no lane is named, on the one where it belongs."""
        now = self._clock.now()
        health = self.webhooks[webhook_id].health
        for each in self._taken_off(webhook_id):
            self.postponed.append(Postponed(each.attempt, lane or lanes.lane_of(each.attempt, health, now)))

    def _taken_off(self, webhook_id: str) -> deque[Passed]:
        """What waits for a webhook, which has no more turns."""
        self._turns.remove(webhook_id)
        return self._waiting.pop(webhook_id)


def _unsent(request: OutboundRequest, at: datetime, problem: str) -> Exchange:
    return Exchange(request=request, started_at=at, duration_ms=0, failure=FailureCause.RENDERING, detail=problem)
