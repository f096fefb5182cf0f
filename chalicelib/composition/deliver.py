"""The two deliver functions, one for each lane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chalicelib.composition.attempts import health_policy, record_keeper
from chalicelib.composition.audit import auditor
from chalicelib.composition.outbound import request_rules
from chalicelib.composition.waiting import waiting
from chalicelib.delivery.deliver import Deliver
from chalicelib.delivery.gate import Gate
from chalicelib.delivery.health import HealthKeeper
from chalicelib.delivery.rules import DispatchRules
from chalicelib.delivery.scheduler import Limits
from chalicelib.delivery.tokens import Tokens
from chalicelib.domain.delivery.schedule import AttemptSchedule

if TYPE_CHECKING:
    from chalicelib.composition.adapters import Adapters
    from chalicelib.settings import Settings

PROBE_LEASE_S: Final = 45
"""Longer than any attempt may take, so that a probe's outcome is written before another one is sent."""


def deliver(adapters: Adapters, settings: Settings) -> Deliver:
    """The deliver worker."""
    held = waiting(adapters)
    return Deliver(
        history=adapters.history,
        keeper=record_keeper(adapters),
        store=adapters.webhooks,
        deliveries=adapters.deliveries,
        sender=adapters.sender,
        gate=Gate(store=adapters.webhooks, clock=adapters.clock, probe_lease_s=PROBE_LEASE_S),
        health=HealthKeeper(
            store=adapters.webhooks,
            notifications=adapters.accepted,
            waiting=held,
            audit=auditor(adapters),
            clock=adapters.clock,
            policy=health_policy(settings),
        ),
        tokens=Tokens(adapters.clock),
        waiting=held,
        clock=adapters.clock,
        rules=_dispatch_rules(settings),
    )


def _dispatch_rules(settings: Settings) -> DispatchRules:
    return DispatchRules(
        limits=Limits(
            in_flight_max=settings.in_flight_max,
            in_flight_per_webhook_max=settings.in_flight_per_webhook_max,
            sending_s=settings.sending_s,
        ),
        requests=request_rules(settings),
        slow_after_s=settings.slow_after_s,
        schedule=AttemptSchedule(settings.attempt_waits_s),
    )
