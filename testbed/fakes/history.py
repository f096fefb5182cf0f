"""The history in memory."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.adapters.dynamodb import journal_item
from chalicelib.codec.messages import record_from_text, record_to_text
from chalicelib.domain.errors import InvalidCursor
from chalicelib.domain.history.filters import HistoryFilter
from chalicelib.domain.ids import RecordId, is_part
from chalicelib.history.ports import JournalPage, JournalPosition

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from chalicelib.adapters.dynamodb.journal_item import Entry
    from chalicelib.domain.delivery.attempt import Outcome, PendingAttempt
    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.ports import Clock

_read = lru_cache(maxsize=4_096)(record_from_text)
"""Caches parsed records. Records are frozen, so they can be returned again."""

_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class _Mention(NamedTuple):
    """A record that the journal lists, the tail of its row, and the position after it."""

    entry: Entry
    tail: str
    position: JournalPosition


class FakeHistory:
    """Keeps records as text, and the journal in rows of those that were written together, as the table does.

    `refuses` says which records the table will not take for now. A page looks at `looks_max` records: if its filter drops
    most of them, the page is short.
    """

    def __init__(self, clock: Clock, history_days: int = 30) -> None:
        self.refuses: Callable[[HistoryRecord], bool] = lambda _: False
        self.looks_max = 1_600
        self._clock = clock
        self._history_days = history_days
        self._records: dict[RecordId, str] = {}
        self._waiting: set[RecordId] = set()
        self._rows: dict[str, tuple[Outcome, journal_item.Row]] = {}
        self._tails: dict[RecordId, str] = {}
        """The valid row of each record."""

    def write(self, records: Sequence[HistoryRecord]) -> list[HistoryRecord]:
        refused = [record for record in records if self.refuses(record)]
        for record in records:
            if record not in refused:
                record_id = record.attempt.record_id
                self._records[record_id] = record_to_text(record)
                (self._waiting.add if record.waits_in_due_index else self._waiting.discard)(record_id)
        self._list(records, refused)
        return refused

    def _list(self, records: Sequence[HistoryRecord], refused: Sequence[HistoryRecord]) -> None:
        """Add the rows, also of records that were refused: readers ignore records that do not exist."""
        for draft in journal_item.drafts({each.attempt.record_id: each for each in records}.values()):
            self._rows[draft.row.sort] = (draft.outcome, draft.row)
            self._tails |= {each.attempt.record_id: draft.row.tail for each in draft.records if each not in refused}

    def get(self, record_id: RecordId) -> HistoryRecord | None:
        return self.get_many([record_id]).get(record_id)

    def get_many(self, record_ids: Collection[RecordId]) -> dict[RecordId, HistoryRecord]:
        found = {each: _read(self._records[each]) for each in record_ids if each in self._records}
        return {each: record for each, record in found.items() if self._is_kept(record)}

    def page(
        self, webhook_id: str, before: str | None, wanted: HistoryFilter, limit: int
    ) -> tuple[list[HistoryRecord], str | None]:
        of_span = HistoryFilter(since=wanted.since, until=wanted.until)
        found: list[HistoryRecord] = []
        for looked, record in enumerate(self._newest_first(of_span, webhook_id, before), 1):
            if wanted.matches(record):
                found.append(record)
            if len(found) > limit:
                return found[:limit], found[limit - 1].attempt.record_id.sort
            if looked == self.looks_max:
                return found, record.attempt.record_id.sort
        return found, None

    def page_of_all(self, before: JournalPosition | None, wanted: HistoryFilter, limit: int) -> JournalPage:
        if before is not None and (not is_part(before.row) or before.offset < 0):
            message = "The position does not belong to this journal."
            raise InvalidCursor(message)
        mentions = self._mentions(before, wanted)
        entries: list[tuple[HistoryRecord, JournalPosition]] = []
        for looked, mention in enumerate(mentions, 1):
            record = self.get(mention.entry.record_id) if self._tails.get(mention.entry.record_id) == mention.tail else None
            if record is not None and wanted.matches(record):
                entries.append((record, mention.position))
            if len(entries) == limit or looked == self.looks_max:
                return JournalPage(entries, mention.position if next(mentions, None) is not None else None)
        return JournalPage(entries, None)

    def _mentions(self, before: JournalPosition | None, wanted: HistoryFilter) -> Iterator[_Mention]:
        """The records that the rows list, newest row first."""
        for sort, (outcome, row) in sorted(self._rows.items(), reverse=True):
            if wanted.only_outcome in {None, outcome} and (before is None or sort <= before.row):
                behind = before.offset if before is not None and sort == before.row else 0
                for number, entry in enumerate(row.entries[behind:], behind + 1):
                    yield _Mention(entry, row.tail, JournalPosition(sort, number))

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
        """All records of a webhook, also those that have expired but are not removed yet."""
        return [_read(text) for each, text in self._records.items() if each.webhook_id == webhook_id]

    def _newest_first(
        self, wanted: HistoryFilter, webhook_id: str | None = None, before: str | None = None
    ) -> list[HistoryRecord]:
        of_webhook = [each for each in self._records if webhook_id in {None, each.webhook_id}]
        records = [_read(self._records[each]) for each in of_webhook if before is None or each.sort < before]
        found = [record for record in records if self._is_kept(record) and wanted.matches(record)]
        return sorted(found, key=_position, reverse=True)

    def _is_kept(self, record: HistoryRecord) -> bool:
        return record.expires_at(self._history_days) > self._clock.now()


def _position(record: HistoryRecord) -> str:
    """The position of a record among all, by its sort part, which is random enough to be unique."""
    return record.attempt.record_id.sort
