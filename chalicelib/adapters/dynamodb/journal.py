"""Reads the journal: merges its shards into one list, newest first, and reads the records that it lists."""

from __future__ import annotations

import heapq
from itertools import count, islice
from typing import TYPE_CHECKING, Final, NamedTuple

from chalicelib import concurrency
from chalicelib.adapters.dynamodb import batches, journal_item, record_item
from chalicelib.adapters.dynamodb.bounds import HIGHEST, LOWEST, lowest_from
from chalicelib.adapters.dynamodb.record_item import RecordItem
from chalicelib.adapters.dynamodb.table import Query
from chalicelib.domain import ids
from chalicelib.domain.errors import InvalidCursor
from chalicelib.history.ports import JournalPage, JournalPosition

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from chalicelib.adapters.dynamodb.journal_item import Row
    from chalicelib.adapters.dynamodb.table import Page, Table
    from chalicelib.domain.history.filters import HistoryFilter
    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.domain.ids import RecordId

_ENTRIES_MAX: Final = 4_000
"""Entries that one page reads. If a filter drops most, or most records are deleted, a page is short and has a next one."""


class _Mention(NamedTuple):
    """A record that the journal lists, and the position after it; ``None`` for a record that the filter drops."""

    record_id: RecordId | None
    row_tail: str
    position: JournalPosition


class Journal:
    """The list of all records in a history table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def page(self, before: JournalPosition | None, wanted: HistoryFilter, limit: int, now_s: int) -> JournalPage:
        """Records newest first, without those that are deleted or expired, or that a later row lists again."""
        mentions = self._mentions(before, wanted, limit)
        found: list[tuple[HistoryRecord, JournalPosition]] = []
        position, looked_at = before, 0
        for round_number in count():
            some = list(_some(mentions, _reach(limit - len(found), round_number), _ENTRIES_MAX - looked_at))
            looked_at += len(some)
            found += self._records(some, wanted, now_s)
            position = some[-1].position if some else position
            if len(found) >= limit or not some or looked_at >= _ENTRIES_MAX:
                break
        if len(found) > limit:
            return JournalPage(found[:limit], found[limit - 1][1])
        return JournalPage(found, position if next(mentions, None) is not None else None)

    def _records(
        self, mentions: Sequence[_Mention], wanted: HistoryFilter, now_s: int
    ) -> list[tuple[HistoryRecord, JournalPosition]]:
        """The records that match, in the order of the mentions. If two rows list a record, only one of them counts."""
        named = [(each.record_id, each) for each in mentions if each.record_id is not None]
        keys = [record_item.key(each) for each in dict(named)]
        found = {item.record_id: item for item in map(RecordItem.of, batches.read(self._table, keys))}
        records = [
            (found[record_id].decoded(), mention.position)
            for record_id, mention in named
            if record_id in found and _is_kept(found[record_id], mention.row_tail, now_s)
        ]
        return [(record, position) for record, position in records if wanted.matches(record)]

    def _mentions(self, before: JournalPosition | None, wanted: HistoryFilter, limit: int) -> Iterator[_Mention]:
        for row in self._rows(_query(before, wanted), wanted, limit // journal_item.SHARDS + 2):
            seen = before.offset if before is not None and row.sort == before.row else 0
            for index, entry in islice(enumerate(row.entries), seen, None):
                is_wanted = _is_wanted(entry, wanted)
                position = JournalPosition(row.sort, index + 1)
                yield _Mention(entry.record_id if is_wanted else None, row.tail, position)

    def _rows(self, query: Query, wanted: HistoryFilter, size: int) -> Iterator[Row]:
        """The rows of all shards, merged. The first pages of the shards are read in parallel."""
        queries = [_of(query, partition) for partition in journal_item.partitions(wanted.only_outcome)]
        pages = concurrency.run(lambda each: self._table.page(each, size), queries)
        streams = [self._stream(each, page, size) for each, page in zip(queries, pages, strict=True)]
        return heapq.merge(*streams, key=lambda row: row.sort, reverse=True)

    def _stream(self, query: Query, page: Page, size: int) -> Iterator[Row]:
        while True:
            yield from map(journal_item.decode, page.items)
            if page.last_key is None:
                return
            page = self._table.page(query, size, page.last_key)


def _reach(missing: int, round_number: int) -> int:
    """How many records to read if a page lacks some: more each round, since a deleted webhook leaves long gaps."""
    return max(missing, min(missing << round_number, batches.READS_MAX))


def _some(mentions: Iterator[_Mention], wanted: int, looks: int) -> Iterator[_Mention]:
    """Mentions until `wanted` of them have a record, at most `looks`."""
    for mention in islice(mentions, looks):
        yield mention
        wanted -= mention.record_id is not None
        if wanted <= 0:
            return


def _query(before: JournalPosition | None, wanted: HistoryFilter) -> Query:
    """The range of rows. It includes the row that contains the position `before`."""
    if before is not None and (not ids.is_part(before.row) or before.offset < 0):
        message = "The position does not belong to this journal."
        raise InvalidCursor(message)
    high = HIGHEST if wanted.until is None else lowest_from(wanted.until + journal_item.ROW_SPAN)
    return Query(
        key="#webhook_id = :of AND #sort BETWEEN :low AND :high",
        values={
            ":low": LOWEST if wanted.since is None else lowest_from(wanted.since),
            ":high": high if before is None else min(high, before.row),
        },
        is_forward=False,
    )


def _of(query: Query, partition: str) -> Query:
    return Query(key=query.key, values={**query.values, ":of": partition}, is_forward=query.is_forward)


def _is_wanted(entry: journal_item.Entry, wanted: HistoryFilter) -> bool:
    sort = entry.record_id.sort
    return (
        wanted.may_match(entry.values)
        and (wanted.since is None or sort >= lowest_from(wanted.since))
        and (wanted.until is None or sort < lowest_from(wanted.until))
    )


def _is_kept(item: RecordItem, row_tail: str, now_s: int) -> bool:
    return item.row_tail == row_tail and item.is_kept(now_s)
