"""What goes on behind: due attempts, purges, and records that the table would not take."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.hops import NONE as NO_HOPS
from chalicelib.services.ports import Enqueued, Lane
from chalicelib.services.tasks import PurgeHistory, Task, WriteRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.history import HistoryRecord
    from chalicelib.domain.hops import Hops
    from chalicelib.domain.webhook import Webhook
    from chalicelib.services.ports import (
        BackgroundQueue,
        Clock,
        DeliveryQueue,
        HistoryStore,
        StatsStore,
        WebhookStore,
    )

log = logging.getLogger(__name__)

_PURGE_STEP: Final = 500
_NOTES_STEP: Final = 100
_NOTE_SETTLES_S: Final = 120
"""A purge whose note is this old was left behind by a process that died: one that is worked on renews it at each step."""
_SWEEPS_MAX: Final = 50


class DueSweep:
    """The schedule worker's work: attempts whose long wait is over, and purges left behind."""

    def __init__(
        self,
        *,
        history: HistoryStore,
        store: WebhookStore,
        deliveries: DeliveryQueue,
        background: BackgroundQueue,
        clock: Clock,
        due_batch_max: int,
    ) -> None:
        self._history = history
        self._store = store
        self._deliveries = deliveries
        self._background = background
        self._clock = clock
        self._due_batch_max = due_batch_max

    def sweep(self) -> int:
        """Enqueue all that is due; return how many attempts that were.

        Send first, then clear: a crash in between repeats an attempt, under the same record id, and loses none.
        """
        swept = 0
        for _ in range(_SWEEPS_MAX):
            due = self._history.due(self._clock.now(), self._due_batch_max)
            if not due:
                break
            self._deliveries.send([Enqueued(attempt, Lane.SLOW) for each in due if (attempt := each.next_attempt())])
            self._history.settle(due)
            swept += len(due)
        log.info("due.swept", extra={"attempts": swept})
        return swept

    def resume_purges(self) -> int:
        """Enqueue the purges that nobody works on; return how many that were."""
        noted_before = self._clock.now() - timedelta(seconds=_NOTE_SETTLES_S)
        left_behind = self._store.unpurged(noted_before, _NOTES_STEP)
        for webhook in left_behind:
            if self._store.renew_purge(webhook, self._clock.now()):
                self._background.send([Task(PurgeHistory(webhook))])
        return len(left_behind)


class Purge:
    """The purge worker's work: the history of a deleted webhook, in steps of bounded time."""

    def __init__(
        self,
        *,
        history: HistoryStore,
        stats: StatsStore,
        store: WebhookStore,
        background: BackgroundQueue,
        clock: Clock,
        purge_s: float,
        hops_max: int,
    ) -> None:
        self._history = history
        self._stats = stats
        self._store = store
        self._background = background
        self._clock = clock
        self._purge_s = purge_s
        self._hops_max = hops_max

    def step(self, webhook: Webhook, hops: Hops = NO_HOPS) -> None:
        """Remove records until none is left or the time is up; then the rest goes back on the queue.

        Raises `Runaway` where the purge has taken too many steps.
        """
        now = self._clock.now()
        if not self._store.renew_purge(webhook, now):
            return
        until = now + timedelta(seconds=self._purge_s)
        while self._history.purge(webhook.id, _PURGE_STEP):
            if self._clock.now() >= until:
                self._background.send([Task(PurgeHistory(webhook), hops.next(self._clock.now(), self._hops_max))])
                return
        self._stats.forget(webhook.id)
        self._store.purged(webhook)
        log.info("webhook.purged", extra={"webhook_id": webhook.id})


class RecordKeeper:
    """Keeps records: in the table, or where it refuses, on a queue until it takes them."""

    def __init__(self, *, history: HistoryStore, background: BackgroundQueue) -> None:
        self._history = history
        self._background = background

    def keep(self, records: Sequence[HistoryRecord]) -> None:
        """Write records, and queue those that the table refuses; raise `Unavailable` where the queue refuses too."""
        refused = self._history.write(records) if records else []
        if refused:
            log.warning("history.refused", extra={"records": len(refused)})
            self._background.send([Task(WriteRecord(each)) for each in refused])

    def write(self, record: HistoryRecord) -> None:
        """Write a record off the queue; raise `Unavailable` where the table still refuses.

        One that is there already stays: the attempt was made again meanwhile, and it is that record which was followed up.
        """
        if self._history.get_many([record.attempt.record_id]):
            return
        if self._history.write([record]):
            message = "The history table refuses records for now."
            raise Unavailable(message)
