"""The notify function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.catalogue import catalogue
from chalicelib.composition.deferral import deferral
from chalicelib.fanout.claims import StepClaims
from chalicelib.fanout.fan_out import FanOut

if TYPE_CHECKING:
    from chalicelib.composition.adapters import Adapters
    from chalicelib.settings import Settings


def fan_out(adapters: Adapters, settings: Settings) -> FanOut:
    """The fan-out."""
    return FanOut(
        store=adapters.webhooks,
        directory=adapters.directory,
        claims=StepClaims(claims=adapters.claims, clock=adapters.clock, settings=settings),
        deliveries=adapters.deliveries,
        notifications=adapters.accepted,
        held=adapters.held,
        deferral=deferral(adapters, settings),
        clock=adapters.clock,
        entropy=adapters.entropy,
        catalogue=catalogue(adapters, settings),
        concurrently=adapters.concurrently,
        settings=settings,
    )
