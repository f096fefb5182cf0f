"""Notifications that are scheduled for later: the notify worker stores them, the schedule worker enqueues them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.intake.deferral import Deferral

if TYPE_CHECKING:
    from chalicelib.composition.adapters import Adapters
    from chalicelib.settings import Settings


def deferral(adapters: Adapters, settings: Settings) -> Deferral:
    """What stores them, and puts them on the queue when they are due."""
    return Deferral(
        queue=adapters.accepted,
        held=adapters.held,
        clock=adapters.clock,
        sweep_s=settings.sweep_s,
    )
