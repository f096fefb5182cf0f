"""The sweep of each minute: attempts whose backoff is over, and purges whose process died."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.background.tasks import PurgeHistory, Task
from chalicelib.delivery.ports import Enqueued, Lane

if TYPE_CHECKING:
    from chalicelib.background.ports import BackgroundQueue
    from chalicelib.delivery.ports import DeliveryQueue
    from chalicelib.domain.ids import RecordId
    from chalicelib.history.ports import HistoryStore
    from chalicelib.ports import Clock
    from chalicelib.webhooks.ports import WebhookStore

log = logging.getLogger(__name__)

_NOTES_STEP: Final = 100
_NOTE_LEASE_S: Final = 120
"""If the note of a purge is this old, its process has died: a purge renews its note at each step."""
CHUNK: Final = 25
"""Records of a sweep in memory at once, of up to some 400 KB each."""


class DueSweep:
    """Enqueues attempts that are due, and continues purges."""

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
        """Enqueue the attempts that are due, as long as there is time; return how many there were.

        Send first, then clear: a crash in between repeats an attempt, with the same record id, and loses none. Records are
        read and sent in chunks, so memory does not depend on how many are due.
        """
        started_at, swept = self._clock.now(), 0
        while due := self._history.due(self._clock.now(), self._due_batch_max):
            before = swept
            for start in range(0, len(due), CHUNK):
                swept += self._swept(due[start : start + CHUNK])
                if self._clock.now() - started_at >= timedelta(seconds=self._sweep_s):
                    return _logged(swept)
            if swept == before:
                break  # the index lags: all of these were cleared before
        return _logged(swept)

    def _swept(self, due: list[RecordId]) -> int:
        found = self._history.still_due(due)
        if found:
            self._deliveries.send([Enqueued(attempt, Lane.SLOW) for each in found if (attempt := each.next_attempt())])
            self._history.settle(found)
        return len(found)

    def resume_purges(self) -> int:
        """Enqueue the purges whose process died; return how many there were."""
        noted_before = self._clock.now() - timedelta(seconds=_NOTE_LEASE_S)
        unfinished = self._store.unpurged(noted_before, _NOTES_STEP)
        for webhook in unfinished:
            if self._store.renew_purge(webhook, self._clock.now()):
                self._background.send([Task(PurgeHistory(webhook))])
        return len(unfinished)


def _logged(swept: int) -> int:
    log.info("due.swept", extra={"attempts": swept})
    return swept
