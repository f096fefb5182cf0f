"""What the deliver worker and the background worker share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.delivery.record_keeper import RecordKeeper
from chalicelib.domain.webhooks.health import HealthPolicy

if TYPE_CHECKING:
    from chalicelib.composition.adapters import Adapters
    from chalicelib.settings import Settings


def record_keeper(adapters: Adapters) -> RecordKeeper:
    """What writes records to the history."""
    return RecordKeeper(history=adapters.history, background=adapters.background)


def health_policy(settings: Settings) -> HealthPolicy:
    """When a webhook is slow, when its circuit opens, and when it is disabled."""
    return HealthPolicy(
        open_after=settings.circuit_open_after,
        open_s=settings.circuit_open_s,
        open_max_s=settings.circuit_open_max_s,
        slow_after_s=settings.slow_after_s,
        slow_for_s=settings.slow_for_s,
        disable_after_s=settings.disable_after_s,
    )
