"""A batch of attempts while it is sent: the sender asks it for the next request and reports the end of each.

`chalicelib.delivery.scheduler` decides whose turn it is. This class makes the requests and follows what the batch learns:

* After one timeout the rest of that webhook's attempts go to the slow lane unsent.
* After a response that asks for a pause they wait in the table.
* Attempts of the fast lane leave it when their webhook is known to be slow. An attempt marks it while still in flight.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from chalicelib.delivery import lanes, outbound, still_wanted
from chalicelib.delivery.flights import AttemptFlight, Flight, TokenFlight
from chalicelib.delivery.gate import Passed, Postponed
from chalicelib.delivery.ports import Lane
from chalicelib.delivery.recording import Recording
from chalicelib.delivery.scheduler import Scheduler
from chalicelib.delivery.waiting import Held
from chalicelib.domain import queue_delay
from chalicelib.domain.delivery.attempt import FailureCause
from chalicelib.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.delivery.gate import Admission
    from chalicelib.delivery.recording import Ended
    from chalicelib.delivery.rules import DispatchRules
    from chalicelib.delivery.tokens import BatchTokens
    from chalicelib.delivery.view import WebhookView
    from chalicelib.domain.delivery.attempt import Exchange, OutboundRequest, PendingAttempt
    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.domain.webhooks.health import Health
    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.ports import Clock

log = logging.getLogger(__name__)

_READS_MAX: Final = 3
"""Reads of the webhooks in a row that each take longer than a view may be old (a second); then the attempts are returned."""
_HANGS: Final = frozenset({FailureCause.TIMEOUT, FailureCause.DNS})
"""The next attempt in the same invocation would most likely wait as long."""


class BatchDispatch:
    """Gives a sender one request after another, and records what comes back."""

    def __init__(
        self,
        *,
        admission: Admission,
        view: WebhookView,
        mark_slow: Callable[[Webhook], Health | None],
        lane: Lane,
        tokens: BatchTokens,
        clock: Clock,
        rules: DispatchRules,
    ) -> None:
        self.webhooks = view.webhooks
        self.postponed = list(admission.postponed)
        self.held = list(admission.held)
        self._view = view
        self._mark_slow = mark_slow
        self._lane = lane
        self._tokens = tokens
        self._clock = clock
        self._rules = rules
        self._recording = Recording(rules.requests, rules.schedule)
        self.ended = self._recording.ended
        self._scheduler: Scheduler[Passed] = Scheduler(admission.by_webhook, rules.limits, view.read_at)

    @property
    def records(self) -> list[HistoryRecord]:
        """The records of the attempts that have ended."""
        return [each.record for each in self.ended]

    @property
    def late_after_s(self) -> float:
        """A request that is in flight for longer marks its webhook as slow."""
        return self._rules.slow_after_s

    def next(self) -> tuple[Flight, OutboundRequest] | None:
        """The next request; ``None`` if no place is free or nothing waits. A webhook's token is requested first."""
        self._keep_up()
        webhook_id = self._scheduler.next_webhook()
        if webhook_id is None:
            return None
        webhook = self.webhooks[webhook_id]
        token_request = self._tokens.request(webhook, self._rules.requests)
        if token_request is not None:
            self._scheduler.start_token(webhook_id)
            return TokenFlight(webhook), token_request
        passed = self._scheduler.start(webhook_id)
        token = self._tokens.token_of(webhook)
        request = outbound.request(webhook, passed.attempt, self._clock.now(), self._rules.requests, token)
        return AttemptFlight(passed, webhook), request

    def late(self, flight: Flight) -> None:
        """Have the webhook of an attempt in flight marked as slow before its end; a token server's time says nothing."""
        webhook = self.webhooks[flight.webhook.id]
        is_changed = webhook.version != flight.webhook.version
        if isinstance(flight, TokenFlight) or is_changed or webhook.health.is_slow(self._clock.now()):
            return
        health = self._mark_slow(webhook)
        if health is not None:
            self.webhooks[webhook.id] = replace(webhook, health=health)
            self._leave_fast_lane(webhook.id)

    def done(self, flight: Flight, exchange: Exchange) -> None:
        """Record the end of an attempt, or keep the token that was fetched."""
        match flight:
            case TokenFlight(webhook):
                self._token_ended(webhook, exchange)
            case AttemptFlight(passed, webhook):
                response = exchange.response
                self._scheduler.end(webhook.id, 0 if response is None else response.size_bytes)
                if response is not None and response.status == HTTPStatus.UNAUTHORIZED:
                    self._tokens.refused(webhook)
                self._learn_on_the_way(self._recording.record(passed, webhook, exchange))

    def record_without_body(self, attempt: PendingAttempt) -> None:
        """Record an attempt that has a problem in place of a body."""
        self._recording.record_without_body(attempt, self.webhooks[attempt.webhook_id], self._view.read_at)

    def _token_ended(self, asked_for: Webhook, exchange: Exchange) -> None:
        """Without a token all attempts that wait for it have failed, unless the webhook was changed meanwhile."""
        webhook = self.webhooks[asked_for.id]
        self._scheduler.end_token(webhook.id)
        denial = self._tokens.answered(asked_for, exchange)
        if denial is None or webhook.version != asked_for.version or not self._scheduler.is_waiting(webhook.id):
            return
        for each in self._scheduler.take_back(webhook.id):
            self._recording.record_without_token(each, webhook, exchange, denial.message)

    def _learn_on_the_way(self, ended: Ended) -> None:
        """Send no more to a webhook whose next attempt would most likely hang too, or whose receiver asked for a pause."""
        webhook_id = ended.webhook.id
        is_changed = ended.webhook.version != self.webhooks[webhook_id].version
        if is_changed or not self._scheduler.is_waiting(webhook_id):
            return
        if ended.record.exchange.is_timed_out or ended.record.failure in _HANGS:
            self._give_back(webhook_id, Lane.SLOW)
        elif (asked_s := ended.asked_s) is not None:
            until = ended.record.finished_at + timedelta(seconds=min(asked_s, queue_delay.DELAY_MAX_S))
            self.held += [Held(lanes.with_slot(each.attempt, None), until) for each in self._scheduler.take_back(webhook_id)]

    def _keep_up(self) -> None:
        """Stop when the time for sending is over or memory is short, and never go by an old view of the webhooks.

        A read may itself take so long that what it saw is old by then.
        """
        for _ in range(_READS_MAX):
            now = self._clock.now()
            if not self._scheduler.has_waiting or self._scheduler.is_over(now):
                break
            if self._view.is_fresh(now):
                return
            try:
                self._refresh(now)
            except Unavailable as error:
                log.warning("webhooks.not_read_again", extra={"reason": error.message})
                break
        for webhook_id in self._scheduler.waiting_webhooks:
            self._give_back(webhook_id, None)

    def _refresh(self, now: datetime) -> None:
        """Read the webhooks for which attempts wait; drop the attempts that are not wanted any more."""
        waiting = self._scheduler.waiting_webhooks
        live = self._view.refresh(waiting, now)
        for webhook_id in waiting:
            if webhook_id not in live:
                dropped = self._scheduler.take_back(webhook_id)
                log.info("delivery.dropped", extra={"webhook_id": webhook_id, "attempts": len(dropped)})
                continue
            self._drop_unwanted(live[webhook_id])
            self._leave_fast_lane(webhook_id)

    def _drop_unwanted(self, webhook: Webhook) -> None:
        attempts = [each.attempt for each in self._scheduler.waiting(webhook.id)]
        wanted = {each.record_id for each in still_wanted.wanted(webhook, attempts)}
        self._scheduler.keep(webhook.id, lambda each: each.attempt.record_id in wanted)

    def _leave_fast_lane(self, webhook_id: str) -> None:
        """Give attempts that came off the fast lane back to the slow one, unsent, if their webhook is slow."""
        is_slow = self.webhooks[webhook_id].health.is_slow(self._clock.now())
        if self._lane is Lane.FAST and is_slow and self._scheduler.is_waiting(webhook_id):
            self._give_back(webhook_id, Lane.SLOW)

    def _give_back(self, webhook_id: str, lane: Lane | None) -> None:
        """Put a webhook's waiting attempts back, unsent; without a lane, on the one where they belong."""
        now, health = self._clock.now(), self.webhooks[webhook_id].health
        for each in self._scheduler.take_back(webhook_id):
            self.postponed.append(Postponed(each.attempt, lane or lanes.lane_of(each.attempt, health, now)))
