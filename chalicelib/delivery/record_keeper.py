"""Writing history records, and queueing those that the table refuses for now."""

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
