"""Writes history records, and queues those that the table refuses for now."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from chalicelib.background.tasks import Task, WriteRecord
from chalicelib.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.background.ports import BackgroundQueue
    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.history.ports import HistoryStore

log = logging.getLogger(__name__)


class RecordKeeper:
    """Writes records to the table; those that it refuses wait on a queue until it takes them."""

    def __init__(self, *, history: HistoryStore, background: BackgroundQueue) -> None:
        self._history = history
        self._background = background

    def keep(self, records: Sequence[HistoryRecord]) -> None:
        """Write records, and queue those that the table refuses; raise `Unavailable` if the queue refuses too."""
        refused = self._history.write(records) if records else []
        if refused:
            log.warning("history.refused", extra={"records": len(refused)})
            self._background.send([Task(WriteRecord(each)) for each in refused])

    def write(self, record: HistoryRecord) -> None:
        """Write a record from the queue; raise `Unavailable` if the table still refuses.

        An existing record stays: the attempt was made again meanwhile, and its next attempt follows from that record.
        """
        if self._history.get_many([record.attempt.record_id]):
            return
        if self._history.write([record]):
            message = "The history table refuses records for now."
            raise Unavailable(message)
