"""Removing the history of a deleted webhook, in steps."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.background.tasks import PurgeHistory, Task
from chalicelib.domain.delivery.hops import NONE as NO_HOPS

if TYPE_CHECKING:
    from chalicelib.background.ports import BackgroundQueue
    from chalicelib.delivery.ports import WaitingStore
    from chalicelib.domain.delivery.hops import Hops
    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.history.ports import HistoryStore, RecoveryStore, StatsStore
    from chalicelib.ports import Clock
    from chalicelib.webhooks.ports import WebhookStore

log = logging.getLogger(__name__)

_PURGE_STEP: Final = 500


class Purge:
    """The purge worker: removes the history of a deleted webhook, in steps of bounded time."""

    def __init__(  # noqa: PLR0913 - one argument for each port
        self,
        *,
        history: HistoryStore,
        stats: StatsStore,
        store: WebhookStore,
        waiting: WaitingStore,
        recoveries: RecoveryStore,
        background: BackgroundQueue,
        clock: Clock,
        purge_s: float,
    ) -> None:
        self._history = history
        self._stats = stats
        self._store = store
        self._background = background
        self._clock = clock
        self._purge_s = purge_s
        self._waiting = waiting
        self._recoveries = recoveries

    def step(self, webhook: Webhook, hops: Hops = NO_HOPS) -> None:
        """Delete records until none is left or the time is over. Then enqueue the rest."""
        now = self._clock.now()
        if not self._store.renew_purge(webhook, now):
            return
        until = now + timedelta(seconds=self._purge_s)
        stores = (self._history, self._waiting, self._recoveries)
        while any(store.purge(webhook.id, _PURGE_STEP) for store in stores):
            if self._clock.now() >= until:
                self._background.send([Task(PurgeHistory(webhook), hops.next(self._clock.now()))])
                return
        self._stats.forget(webhook.id)
        self._store.purged(webhook)
        log.info("webhook.purged", extra={"webhook_id": webhook.id})
