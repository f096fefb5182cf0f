"""Which attempts of a batch may be sent now, and which wait: the circuit, the lane, and the rate limit."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.domain.health import Circuit
from chalicelib.services import lanes
from chalicelib.services.ports import Lane

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chalicelib.domain.attempt import PendingAttempt
    from chalicelib.domain.webhook import Webhook
    from chalicelib.services.ports import Clock, WebhookStore

log = logging.getLogger(__name__)

_SLOT_TOLERANCE_S: Final = 0.5
"""A slot this near is used at once: SQS delays in whole seconds."""


@dataclass(frozen=True, slots=True)
class Postponed:
    """An attempt that goes back to a queue, unsent and uncounted, not to come before `until`."""

    attempt: PendingAttempt
    lane: Lane
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """An attempt that may be sent; a probe decides over an open circuit."""

    attempt: PendingAttempt
    is_probe: bool = False


class Gate:
    """Decides for each attempt: send, wait, or drop."""

    def __init__(self, *, store: WebhookStore, clock: Clock, probe_lease_s: float) -> None:
        self._store = store
        self._clock = clock
        self._probe_lease_s = probe_lease_s

    def open(
        self, attempts: Sequence[PendingAttempt], webhooks: Mapping[str, Webhook], lane: Lane
    ) -> tuple[list[Passed], list[Postponed]]:
        """Sort the attempts of a batch off a lane; those of a webhook that is gone, paused or disabled end quietly here."""
        by_webhook: defaultdict[str, list[PendingAttempt]] = defaultdict(list)
        for attempt in attempts:
            by_webhook[attempt.webhook_id].append(attempt)
        passed: list[Passed] = []
        postponed: list[Postponed] = []
        for webhook_id, owed in by_webhook.items():
            webhook = webhooks.get(webhook_id)
            if webhook is None or not webhook.is_live:
                log.info("delivery.dropped", extra={"webhook_id": webhook_id, "attempts": len(owed)})
                continue
            through, waiting = self._through_circuit(webhook, owed)
            staying, leaving = self._through_lane(webhook, through, lane)
            on_time, early = self._through_limit(webhook, staying)
            passed += on_time
            postponed += waiting + leaving + early
        return passed, postponed

    def _through_circuit(self, webhook: Webhook, owed: list[PendingAttempt]) -> tuple[list[Passed], list[Postponed]]:
        """Behind an open circuit all wait, but for what a person asked for, and the one that probes."""
        now = self._clock.now()
        state = webhook.health.circuit(now)
        if state is Circuit.CLOSED:
            return [Passed(attempt) for attempt in owed], []
        asked_for = [attempt for attempt in owed if attempt.trigger.is_awaited]
        others = [attempt for attempt in owed if not attempt.trigger.is_awaited]
        until = webhook.health.probe_at
        passed = [Passed(attempt, is_probe=True) for attempt in asked_for]
        if others and state is Circuit.HALF_OPEN:
            taken = webhook.health.take_probe(now, self._probe_lease_s)
            until = taken.probe_at
            if self._store.update_health(webhook.id, webhook.health, taken):
                passed.append(Passed(others.pop(0), is_probe=True))
        # A place in time does not outlive the wait: else all that waited would be on time at once when the circuit closes.
        return passed, [Postponed(replace(attempt, slot_at=None), Lane.SLOW, until) for attempt in others]

    def _through_lane(self, webhook: Webhook, through: list[Passed], lane: Lane) -> tuple[list[Passed], list[Postponed]]:
        """What was put on the fast lane before its webhook was known to be slow leaves it, unsent; a probe is sent."""
        now = self._clock.now()
        staying = [
            each
            for each in through
            if lane is Lane.SLOW or each.is_probe or lanes.lane_of(each.attempt, webhook.health, now) is Lane.FAST
        ]
        return staying, [Postponed(each.attempt, Lane.SLOW) for each in through if each not in staying]

    def _through_limit(self, webhook: Webhook, through: list[Passed]) -> tuple[list[Passed], list[Postponed]]:
        """Each attempt takes a place in time; one whose place is not near waits for it on the queue."""
        if webhook.rate_limit_per_s is None or not through:
            return through, []
        now = self._clock.now()
        interval = timedelta(seconds=1 / webhook.rate_limit_per_s)
        placed = [each for each in through if each.attempt.slot_at is not None]
        placeless = [each for each in through if each.attempt.slot_at is None]
        if placeless:
            first = self._store.reserve_slots(webhook.id, len(placeless), interval.total_seconds(), now)
            placed += [
                replace(each, attempt=replace(each.attempt, slot_at=first + number * interval))
                for number, each in enumerate(placeless)
            ]
        limit = now + timedelta(seconds=_SLOT_TOLERANCE_S)
        on_time = [each for each in placed if each.attempt.slot_at is None or each.attempt.slot_at <= limit]
        early = [each for each in placed if each.attempt.slot_at is not None and each.attempt.slot_at > limit]
        lane = lanes.lane_of
        return on_time, [
            Postponed(each.attempt, lane(each.attempt, webhook.health, now), each.attempt.slot_at) for each in early
        ]
