"""Deletes webhooks: at their owner's request, or with their owner."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from chalicelib.background.tasks import PurgeHistory, Task
from chalicelib.domain.directory.audit import AuditAction
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.webhooks.webhook import VIEW_MAX_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.access.audit import Auditor
    from chalicelib.background.ports import BackgroundQueue
    from chalicelib.domain.directory.preconditions import Standing
    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.ports import Clock
    from chalicelib.webhooks.ports import WebhookStore

log = logging.getLogger(__name__)


class WebhookRemoval:
    """Deletes webhooks and starts their purges."""

    def __init__(self, *, store: WebhookStore, background: BackgroundQueue, clock: Clock, audit: Auditor) -> None:
        self._store = store
        self._background = background
        self._clock = clock
        self._audit = audit

    def remove(self, actor: str, webhooks: Sequence[Webhook], held: Sequence[Standing] = ()) -> None:
        """Delete webhooks on behalf of a user. After it returns, no attempt for them starts any more.

        The store writes in the same transaction what is left to purge. If the purge cannot be enqueued, or the process dies
        before, the schedule worker finds that note.
        """
        for webhook in webhooks:
            self._store.delete(webhook, self._clock.now(), held)
            self._audit.webhook(actor, AuditAction.WEBHOOK_DELETED, webhook, None)
            try:
                self._background.send([Task(PurgeHistory(webhook))])
            except Unavailable:
                log.warning("purge.left_to_the_sweep", extra={"webhook_id": webhook.id})
        if webhooks:
            self._clock.sleep(VIEW_MAX_S)
