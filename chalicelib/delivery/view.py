"""The webhooks of a batch as they were read last."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.webhooks.webhook import VIEW_MAX_S

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from chalicelib.domain.webhooks.webhook import Webhook


class WebhookView:
    """What a batch knows of its webhooks; a deletion is answered when all views that may have the webhook are too old."""

    def __init__(
        self, webhooks: dict[str, Webhook], read_at: datetime, read: Callable[[Collection[str]], dict[str, Webhook]]
    ) -> None:
        self.webhooks = webhooks
        self.read_at = read_at
        self._read = read

    def is_fresh(self, now: datetime) -> bool:
        """Whether attempts may go by it."""
        return now - self.read_at < timedelta(seconds=VIEW_MAX_S)

    def refresh(self, webhook_ids: Collection[str], now: datetime) -> dict[str, Webhook]:
        """Read webhooks again; return those that are live."""
        fresh = self._read(set(webhook_ids))
        live = {webhook_id: webhook for webhook_id, webhook in fresh.items() if webhook.is_live}
        self.webhooks |= live
        self.read_at = now
        return live
