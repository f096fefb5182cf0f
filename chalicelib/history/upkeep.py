"""What goes on behind: due attempts, purges, and records that the table would not take."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.background.tasks import PurgeHistory, Task, WriteRecord
from chalicelib.delivery.ports import Enqueued, Lane
from chalicelib.domain.delivery.hops import NONE as NO_HOPS
from chalicelib.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.background.ports import BackgroundQueue
    from chalicelib.delivery.ports import DeliveryQueue, WaitingStore
    from chalicelib.domain.delivery.hops import Hops
    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.domain.ids import RecordId
    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.history.ports import HistoryStore, RecoveryStore, StatsStore
    from chalicelib.ports import Clock
    from chalicelib.webhooks.ports import WebhookStore

log = logging.getLogger(__name__)

_PURGE_STEP: Final = 500
_NOTES_STEP: Final = 100
_NOTE_SETTLES_S: Final = 120
"""A purge whose note is this old was left behind by a process that died: one that is worked on renews it at each step."""
CHUNK: Final = 25
"""Records of a sweep in memory at once, of up to some 400 KB each."""


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
        sweep_s: float,
    ) -> None:
        self._history = history
        self._store = store
        self._deliveries = deliveries
        self._background = background
        self._clock = clock
        self._due_batch_max = due_batch_max
        self._sweep_s = sweep_s

    def sweep(self) -> int:
        """Enqueue all that is due, as far as the time goes; return how many attempts that were.

        Send first, then clear: a crash in between repeats an attempt, under the same record id, and loses none. Records are
        read and sent a chunk at a time, so that the memory does not depend on how many are due.
        """
        started_at, swept = self._clock.now(), 0
        while due := self._history.due(self._clock.now(), self._due_batch_max):
            before = swept
            for start in range(0, len(due), CHUNK):
                swept += self._swept(due[start : start + CHUNK])
                if self._clock.now() - started_at >= timedelta(seconds=self._sweep_s):
                    return _logged(swept)
            if swept == before:
                break  # the index lags: all of these were settled before
        return _logged(swept)

    def _swept(self, due: list[RecordId]) -> int:
        found = self._history.still_due(due)
        if found:
            self._deliveries.send([Enqueued(attempt, Lane.SLOW) for each in found if (attempt := each.next_attempt())])
            self._history.settle(found)
        return len(found)

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
        """Remove records until none is left or the time is up; then the rest goes back on the queue."""
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


def _logged(swept: int) -> int:
    log.info("due.swept", extra={"attempts": swept})
    return swept
