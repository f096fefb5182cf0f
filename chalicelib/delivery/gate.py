"""Which attempts of a batch may be sent now, and which wait: circuit breaker, lane, rate limit."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.delivery import lanes, still_wanted
from chalicelib.delivery.ports import Lane
from chalicelib.delivery.waiting import Held
from chalicelib.domain import queue_delay
from chalicelib.domain.webhooks.health import Circuit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chalicelib.domain.delivery.attempt import PendingAttempt
    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.ports import Clock
    from chalicelib.webhooks.ports import WebhookStore

log = logging.getLogger(__name__)

_SLOT_TOLERANCE_S: Final = 0.5
"""A slot that is this near is used at once: SQS delays in whole seconds."""
SLOTS_AHEAD_S: Final = 450
"""How far ahead new attempts reserve slots: half of the 900 s that SQS can delay a message."""


@dataclass(frozen=True, slots=True)
class Postponed:
    """An attempt that goes back to a queue, unsent and uncounted; it comes again at `until`, within 15 minutes."""

    attempt: PendingAttempt
    lane: Lane
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """An attempt that may be sent; the outcome of a probe closes an open circuit or keeps it open."""

    attempt: PendingAttempt
    is_probe: bool = False


@dataclass(slots=True)
class Admission:
    """The attempts of a batch: which are sent now, which go back to a queue, which wait in the table."""

    passed: list[Passed] = field(default_factory=list)
    postponed: list[Postponed] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)

    @property
    def by_webhook(self) -> dict[str, list[Passed]]:
        """Those that are sent now, by the ids of their webhooks."""
        grouped: defaultdict[str, list[Passed]] = defaultdict(list)
        for each in self.passed:
            grouped[each.attempt.webhook_id].append(each)
        return dict(grouped)


class Gate:
    """Decides for each attempt: send, wait, or drop."""

    def __init__(self, *, store: WebhookStore, clock: Clock, probe_lease_s: float) -> None:
        self._store = store
        self._clock = clock
        self._probe_lease_s = probe_lease_s

    def open(self, attempts: Sequence[PendingAttempt], webhooks: Mapping[str, Webhook], lane: Lane) -> Admission:
        """Sort the attempts of a lane's batch; drop those whose webhook is not live, or does not want them any more."""
        by_webhook: defaultdict[str, list[PendingAttempt]] = defaultdict(list)
        for attempt in attempts:
            by_webhook[attempt.webhook_id].append(attempt)
        admission = Admission()
        for webhook_id, theirs in by_webhook.items():
            webhook = webhooks.get(webhook_id)
            if webhook is None or not webhook.is_live:
                log.info("delivery.dropped", extra={"webhook_id": webhook_id, "attempts": len(theirs)})
                continue
            through = self._through_circuit(webhook, still_wanted.wanted(webhook, theirs), admission)
            staying = self._through_lane(webhook, through, lane, admission)
            admission.passed += self._through_limit(webhook, staying, admission)
        return admission

    def _through_circuit(self, webhook: Webhook, attempts: list[PendingAttempt], admission: Admission) -> list[Passed]:
        """While the circuit is open, hold all attempts, except those that a person asked for, and one probe."""
        now = self._clock.now()
        state = webhook.health.circuit(now)
        if state is Circuit.CLOSED:
            return [Passed(attempt) for attempt in attempts]
        asked_for = [attempt for attempt in attempts if attempt.trigger.is_awaited]
        others = [attempt for attempt in attempts if not attempt.trigger.is_awaited]
        until = webhook.health.called_again_at or now
        passed = [Passed(attempt, is_probe=True) for attempt in asked_for]
        if others and state is Circuit.HALF_OPEN:
            taken = webhook.health.take_probe(now, self._probe_lease_s)
            until = taken.called_again_at or now
            if self._store.update_health(webhook, taken):
                passed.append(Passed(others.pop(0), is_probe=True))
        # A slot does not outlive the wait. If it did, all waiting attempts would be due at once when the circuit closes.
        # The list is checked no later than a queue can delay a message: a change of the webhook that this invocation did not
        # see wakes only the attempts that were in the list by then.
        wake_at = min(until, now + timedelta(seconds=queue_delay.DELAY_MAX_S))
        admission.held += [Held(lanes.with_slot(attempt, None), wake_at) for attempt in others]
        return passed

    def _through_lane(self, webhook: Webhook, through: list[Passed], lane: Lane, admission: Admission) -> list[Passed]:
        """Postpone attempts that were put on the fast lane before their webhook was known to be slow; a probe is sent."""
        now = self._clock.now()
        staying = [
            each
            for each in through
            if lane is Lane.SLOW or each.is_probe or lanes.lane_of(each.attempt, webhook.health, now) is Lane.FAST
        ]
        admission.postponed += [Postponed(each.attempt, Lane.SLOW) for each in through if each not in staying]
        return staying

    def _through_limit(self, webhook: Webhook, through: list[Passed], admission: Admission) -> list[Passed]:
        """Reserve a slot for each attempt, for which it waits on the queue; without a slot it waits in the table."""
        if webhook.rate_limit_per_s is None or not through:
            return through
        now = self._clock.now()
        with_slots = [each for each in through if each.attempt.slot_at is not None]
        new = [each for each in through if each.attempt.slot_at is None]
        with_slots += self._with_slots(webhook, new, now, admission)
        limit = now + timedelta(seconds=_SLOT_TOLERANCE_S)
        early = [each for each in with_slots if each.attempt.slot_at is not None and each.attempt.slot_at > limit]
        admission.postponed += [
            Postponed(each.attempt, lanes.lane_of(each.attempt, webhook.health, now), each.attempt.slot_at) for each in early
        ]
        return [each for each in with_slots if each not in early]

    def _with_slots(self, webhook: Webhook, new: list[Passed], now: datetime, admission: Admission) -> list[Passed]:
        """Reserve slots for as many as fit into the next minutes, and hold the rest.

        Half of the time that a queue can delay a message is left to attempts that are released from the table. So these come
        first, even if there are many new ones.
        """
        interval = timedelta(seconds=1 / (webhook.rate_limit_per_s or 1))
        count = min(len(new), max(1, int(SLOTS_AHEAD_S / interval.total_seconds())))
        until = now + timedelta(seconds=SLOTS_AHEAD_S)
        first = None
        if new:
            first = self._store.reserve_slots(webhook.id, count, interval.total_seconds(), now, until)
        going = new[:count] if first is not None else []
        wake_at = now + timedelta(seconds=SLOTS_AHEAD_S / 2)
        admission.held += [Held(each.attempt, wake_at) for each in new[len(going) :]]
        return [
            replace(each, attempt=lanes.with_slot(each.attempt, (first or now) + number * interval))
            for number, each in enumerate(going)
        ]
