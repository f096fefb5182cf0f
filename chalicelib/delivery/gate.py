"""Which attempts of a batch may be sent now, and which wait: the circuit, the lane, and the rate limit."""

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
"""A slot this near is used at once: SQS delays in whole seconds."""
PLACES_AHEAD_S: Final = 450
"""How far ahead new attempts take places in time: half of the 900 s that SQS can delay a message."""


@dataclass(frozen=True, slots=True)
class Postponed:
    """An attempt that goes back to a queue, unsent and uncounted; it comes again at `until`, 15 minutes off at the most."""

    attempt: PendingAttempt
    lane: Lane
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """An attempt that may be sent; a probe decides over an open circuit."""

    attempt: PendingAttempt
    is_probe: bool = False


@dataclass(slots=True)
class Sorted:
    """The attempts of a batch: which are sent now, which go back to a queue, which wait in the table."""

    passed: list[Passed] = field(default_factory=list)
    postponed: list[Postponed] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)


class Gate:
    """Decides for each attempt: send, wait, or drop."""

    def __init__(self, *, store: WebhookStore, clock: Clock, probe_lease_s: float) -> None:
        self._store = store
        self._clock = clock
        self._probe_lease_s = probe_lease_s

    def open(self, attempts: Sequence[PendingAttempt], webhooks: Mapping[str, Webhook], lane: Lane) -> Sorted:
        """Sort the attempts of a batch off a lane; those whose webhook is gone, not live, or wants them no more end."""
        by_webhook: defaultdict[str, list[PendingAttempt]] = defaultdict(list)
        for attempt in attempts:
            by_webhook[attempt.webhook_id].append(attempt)
        given = Sorted()
        for webhook_id, owed in by_webhook.items():
            webhook = webhooks.get(webhook_id)
            if webhook is None or not webhook.is_live:
                log.info("delivery.dropped", extra={"webhook_id": webhook_id, "attempts": len(owed)})
                continue
            through = self._through_circuit(webhook, still_wanted.wanted(webhook, owed), given)
            staying = self._through_lane(webhook, through, lane, given)
            given.passed += self._through_limit(webhook, staying, given)
        return given

    def _through_circuit(self, webhook: Webhook, owed: list[PendingAttempt], given: Sorted) -> list[Passed]:
        """While the circuit is open all are held, but for what a person asked for, and the one that probes."""
        now = self._clock.now()
        state = webhook.health.circuit(now)
        if state is Circuit.CLOSED:
            return [Passed(attempt) for attempt in owed]
        asked_for = [attempt for attempt in owed if attempt.trigger.is_awaited]
        others = [attempt for attempt in owed if not attempt.trigger.is_awaited]
        until = webhook.health.called_again_at or now
        passed = [Passed(attempt, is_probe=True) for attempt in asked_for]
        if others and state is Circuit.HALF_OPEN:
            taken = webhook.health.take_probe(now, self._probe_lease_s)
            until = taken.called_again_at or now
            if self._store.update_health(webhook, taken):
                passed.append(Passed(others.pop(0), is_probe=True))
        # A place in time does not outlive the wait: else all that waited would be on time at once when the circuit closes.
        # Looked at no later than a queue can delay: a change of the webhook that this invocation did not see wakes only what
        # was there by then.
        wake_at = min(until, now + timedelta(seconds=queue_delay.DELAY_MAX_S))
        given.held += [Held(lanes.placed(attempt, None), wake_at) for attempt in others]
        return passed

    def _through_lane(self, webhook: Webhook, through: list[Passed], lane: Lane, given: Sorted) -> list[Passed]:
        """What was put on the fast lane before its webhook was known to be slow leaves it, unsent; a probe is sent."""
        now = self._clock.now()
        staying = [
            each
            for each in through
            if lane is Lane.SLOW or each.is_probe or lanes.lane_of(each.attempt, webhook.health, now) is Lane.FAST
        ]
        given.postponed += [Postponed(each.attempt, Lane.SLOW) for each in through if each not in staying]
        return staying

    def _through_limit(self, webhook: Webhook, through: list[Passed], given: Sorted) -> list[Passed]:
        """Each attempt takes a place in time, and waits for it on the queue; without a place it waits in the table."""
        if webhook.rate_limit_per_s is None or not through:
            return through
        now = self._clock.now()
        placed = [each for each in through if each.attempt.slot_at is not None]
        placed += self._placed(webhook, [each for each in through if each.attempt.slot_at is None], now, given)
        limit = now + timedelta(seconds=_SLOT_TOLERANCE_S)
        early = [each for each in placed if each.attempt.slot_at is not None and each.attempt.slot_at > limit]
        given.postponed += [
            Postponed(each.attempt, lanes.lane_of(each.attempt, webhook.health, now), each.attempt.slot_at) for each in early
        ]
        return [each for each in placed if each not in early]

    def _placed(self, webhook: Webhook, placeless: list[Passed], now: datetime, given: Sorted) -> list[Passed]:
        """Give places to as many as fit into the next minutes, and hold the rest.

        The half of what a queue can delay is left to what is released from the table: so that comes first, however much is
        new.
        """
        interval = timedelta(seconds=1 / (webhook.rate_limit_per_s or 1))
        count = min(len(placeless), max(1, int(PLACES_AHEAD_S / interval.total_seconds())))
        until = now + timedelta(seconds=PLACES_AHEAD_S)
        first = None
        if placeless:
            first = self._store.reserve_slots(webhook.id, count, interval.total_seconds(), now, until)
        going = placeless[:count] if first is not None else []
        wake_at = now + timedelta(seconds=PLACES_AHEAD_S / 2)
        given.held += [Held(each.attempt, wake_at) for each in placeless[len(going) :]]
        return [
            replace(each, attempt=lanes.placed(each.attempt, (first or now) + number * interval))
            for number, each in enumerate(going)
        ]
