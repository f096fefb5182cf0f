"""The removal of webhooks: at the request of their owner, or by the workers if the owner is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.audit import auditor
from chalicelib.webhooks.removal import WebhookRemoval

if TYPE_CHECKING:
    from chalicelib.composition.adapters import Adapters


def removal(adapters: Adapters) -> WebhookRemoval:
    """Deletes webhooks and starts their purges."""
    return WebhookRemoval(
        store=adapters.webhooks, background=adapters.background, clock=adapters.clock, audit=auditor(adapters)
    )
