"""The journal: rows in the history table that list the records of all webhooks, for people who may see all of them.

A row lists up to 20 records of one write, and costs one write unit; an index on the records would cost one per record.
Failed and succeeded records have separate rows, so that a filter by outcome reads no row that does not match.

A record that is written again, with others, is listed by two rows. The record names the row that counts, by the tail of the
row's id.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec import field

from chalicelib.adapters.dynamodb.compression import pack, unpack
from chalicelib.adapters.dynamodb.stored import HistoryKey
from chalicelib.domain import ids
from chalicelib.domain.delivery.attempt import Outcome
from chalicelib.domain.history.filters import listed_values
from chalicelib.domain.ids import RecordId

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from chalicelib.adapters.dynamodb.values import Item
    from chalicelib.domain.history.records import HistoryRecord

SHARDS: Final = 8
"""A partition takes 1,000 writes a second, so the journal takes 8,000 rows a second."""
ROW_RECORDS_MAX: Final = 20
ROW_SPAN: Final = timedelta(seconds=10)
"""How much older than its newest record a row's oldest may be. Rows are found by the time of their newest record."""
TAIL_LENGTH: Final = 8
"""Characters of a row's id, 40 random bits, that distinguish it from other rows with the same record."""


class Entry(NamedTuple):
    """The entry of one record in a row."""

    record_id: RecordId
    values: tuple[str, ...]
    """Its `listed_values`. A row that was written before a filter existed has fewer."""


class Row(NamedTuple):
    """A row. Its records are newest first."""

    sort: str
    entries: tuple[Entry, ...]

    @property
    def tail(self) -> str:
        """The end of the row's id, which its records store."""
        return self.sort[-TAIL_LENGTH:]


class RowItem(HistoryKey, frozen=True):
    """A row: its partition is ``journal|failed|0`` to ``journal|succeeded|7``.

    Args:
        sort: an id derived from the newest record's time, the outcome and all record ids, so a repeated write is idempotent.
        lines: the records, newest first, a line for each: webhook id, sort key and type; compressed.
        expires_at: seconds; the table's TTL.

    """

    lines: bytes = field(name="r")
    expires_at: int


class RowDraft(NamedTuple):
    """Records that one row will list."""

    outcome: Outcome
    records: Sequence[HistoryRecord]

    @property
    def row(self) -> Row:
        """The row for these records."""
        entries = tuple(Entry(each.attempt.record_id, listed_values(each)) for each in self.records)
        sort = ids.derived(self.records[0].created_at, self.outcome, *(str(each.record_id) for each in entries))
        return Row(sort, entries)


def drafts(records: Iterable[HistoryRecord]) -> list[RowDraft]:
    """Distribute records among rows."""
    newest_first = sorted(records, key=lambda record: record.attempt.record_id.sort, reverse=True)
    return [
        RowDraft(outcome, row)
        for outcome in Outcome
        for row in _rows([record for record in newest_first if record.outcome is outcome])
    ]


def partitions(outcome: Outcome | None) -> list[str]:
    """The partitions to read for records of one outcome, or of both."""
    return [_partition(each, shard) for each in Outcome if outcome in {None, each} for shard in range(SHARDS)]


def encode(draft: RowDraft, history_days: int) -> Item:
    """A row as an item. It expires with the last of its records."""
    row = draft.row
    lines = "\n".join(_line(each) for each in row.entries)
    return RowItem(
        webhook_id=_partition(draft.outcome, ids.ALPHABET.index(row.sort[-1]) % SHARDS),
        sort=row.sort,
        lines=pack(lines.encode()),
        expires_at=max(int(each.expires_at(history_days).timestamp()) for each in draft.records),
    ).to_item()


def decode(item: Item) -> Row:
    """The reverse of `encode`."""
    row = RowItem.of(item)
    lines = (line.split(" ") for line in unpack(row.lines).decode().split("\n"))
    return Row(row.sort, tuple(Entry(RecordId(webhook_id, sort), (*rest,)) for webhook_id, sort, *rest in lines))


def _line(entry: Entry) -> str:
    return " ".join((entry.record_id.webhook_id, entry.record_id.sort, *entry.values)).rstrip()


def _rows(newest_first: Sequence[HistoryRecord]) -> list[list[HistoryRecord]]:
    rows: list[list[HistoryRecord]] = []
    for record in newest_first:
        if not rows or len(rows[-1]) == ROW_RECORDS_MAX or rows[-1][0].created_at - record.created_at > ROW_SPAN:
            rows.append([])
        rows[-1].append(record)
    return rows


def _partition(outcome: Outcome, shard: int) -> str:
    return f"journal|{outcome}|{shard}"
