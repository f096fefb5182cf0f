"""The history in memory."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from chalicelib.domain.attempt import Outcome
from chalicelib.domain.errors import InvalidCursor
from chalicelib.domain.ids import RecordId, is_part
from chalicelib.services.messages import record_from_text, record_to_text
from chalicelib.services.ports import HistoryFilter, JournalPage, JournalPosition

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from chalicelib.domain.attempt import PendingAttempt
    from chalicelib.domain.history import HistoryRecord
    from chalicelib.services.ports import Clock

_read = lru_cache(maxsize=4_096)(record_from_text)
"""Records are frozen, so what was read once may be handed out again."""

_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class FakeHistory:
    """Keeps records as text; `refuses` says which of them the table will not take for now."""

    def __init__(self, clock: Clock, history_days: int = 30) -> None:
        self.refuses: Callable[[HistoryRecord], bool] = lambda _: False
        self._clock = clock
        self._history_days = history_days
        self._records: dict[RecordId, str] = {}
        self._waiting: set[RecordId] = set()

    def write(self, records: Sequence[HistoryRecord]) -> list[HistoryRecord]:
        refused = [record for record in records if self.refuses(record)]
        for record in records:
            if record not in refused:
                record_id = record.attempt.record_id
                self._records[record_id] = record_to_text(record)
                (self._waiting.add if record.waits_in_due_index else self._waiting.discard)(record_id)
        return refused

    def get(self, record_id: RecordId) -> HistoryRecord | None:
        return self.get_many([record_id]).get(record_id)

    def get_many(self, record_ids: Collection[RecordId]) -> dict[RecordId, HistoryRecord]:
        found = {each: _read(self._records[each]) for each in record_ids if each in self._records}
        return {each: record for each, record in found.items() if self._is_kept(record)}

    def page(
        self, webhook_id: str, before: str | None, wanted: HistoryFilter, limit: int
    ) -> tuple[list[HistoryRecord], str | None]:
        found = [
            record
            for record in self._newest_first(wanted)
            if record.attempt.webhook_id == webhook_id and (before is None or record.attempt.record_id.sort < before)
        ]
        return found[:limit], found[limit - 1].attempt.record_id.sort if len(found) > limit else None

    def page_of_all(self, before: JournalPosition | None, wanted: HistoryFilter, limit: int) -> JournalPage:
        if before is not None and (not is_part(before.row) or before.offset < 0):
            message = "The position is none of this journal's."
            raise InvalidCursor(message)
        found = [record for record in self._newest_first(wanted) if before is None or _position(record) < before.row]
        entries = [(record, JournalPosition(_position(record), 1)) for record in found[:limit]]
        return JournalPage(entries, entries[-1][1] if len(found) > limit else None)

    def page_of_delivery(
        self, attempt: PendingAttempt, before: str | None, limit: int
    ) -> tuple[list[HistoryRecord], str | None]:
        found = [
            record
            for record in self._newest_first(HistoryFilter())
            if record.attempt.delivery_id == attempt.delivery_id and (before is None or _position(record) < before)
        ]
        return found[:limit], _position(found[limit - 1]) if len(found) > limit else None

    def due(self, now: datetime, limit: int) -> list[RecordId]:
        waiting = (_read(self._records[each]) for each in self._waiting)
        due = [record for record in waiting if (record.next_attempt_at or _NEVER) <= now]
        return [each.attempt.record_id for each in sorted(due, key=lambda record: record.next_attempt_at or _NEVER)[:limit]]

    def still_due(self, record_ids: Sequence[RecordId]) -> list[HistoryRecord]:
        return [_read(self._records[each]) for each in record_ids if each in self._waiting]

    def settle(self, records: Sequence[HistoryRecord]) -> None:
        self._waiting -= {record.attempt.record_id for record in records}

    def expunge(self, record_id: RecordId, now: datetime) -> HistoryRecord | None:
        kept = self.get(record_id)
        if kept is None or kept.expunged is not None:
            return kept
        without = kept.without_content(now)
        self._records[record_id] = record_to_text(without)
        self._waiting.discard(record_id)
        return without

    def purge(self, webhook_id: str, limit: int) -> int:
        removed = [each for each in self._records if each.webhook_id == webhook_id][:limit]
        for each in removed:
            del self._records[each]
            self._waiting.discard(each)
        return len(removed)

    def kept_of(self, webhook_id: str) -> list[HistoryRecord]:
        """All records of a webhook, also those that have expired and are not removed yet."""
        return [_read(text) for each, text in self._records.items() if each.webhook_id == webhook_id]

    def _newest_first(self, wanted: HistoryFilter) -> list[HistoryRecord]:
        records = map(_read, self._records.values())
        found = [record for record in records if self._is_kept(record) and _is_wanted(record, wanted)]
        return sorted(found, key=_position, reverse=True)

    def _is_kept(self, record: HistoryRecord) -> bool:
        return record.expires_at(self._history_days) > self._clock.now()


def _position(record: HistoryRecord) -> str:
    """The sort part is random enough to be the position of one record among all."""
    return record.attempt.record_id.sort


def _is_wanted(record: HistoryRecord, wanted: HistoryFilter) -> bool:
    return (
        wanted.is_failed in {None, record.outcome is Outcome.FAILED}
        and wanted.notification_type in {None, record.attempt.notification_type}
        and (wanted.since is None or record.created_at >= wanted.since)
        and (wanted.until is None or record.created_at < wanted.until)
    )
