"""The history table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chalicelib import concurrency
from chalicelib.adapters.dynamodb import batches, delivery_index, due_index, journal_item, record_item
from chalicelib.adapters.dynamodb.bounds import HIGHEST, LOWEST, lowest_from
from chalicelib.adapters.dynamodb.journal import Journal
from chalicelib.adapters.dynamodb.record_item import RecordItem
from chalicelib.adapters.dynamodb.stored import HistoryKey
from chalicelib.adapters.dynamodb.table import Condition, Query, Table
from chalicelib.domain.delivery.attempt import Outcome
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.ids import RecordId

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.adapters.dynamodb.values import Item, Value
    from chalicelib.domain.delivery.attempt import PendingAttempt
    from chalicelib.domain.history.filters import HistoryFilter
    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.history.ports import JournalPage, JournalPosition
    from chalicelib.ports import Clock

_READS_MAX: Final = 8
"""Requests for one page, of at most 1 MB each. If a filter drops most records, a page is short and has a next one."""
_FILTERED_READ: Final = 200
"""Items that one request reads if a filter may drop most of them."""
_EXPUNGE_TRIES_MAX: Final = 5
_IS_WAITING: Final = Condition("attribute_exists(#due_at)")


class DynamoHistory:
    """The records, and the journal that lists the records of all webhooks, in one table."""

    def __init__(self, client: DynamoDBClient, table: str, clock: Clock, history_days: int) -> None:
        self._table = Table(client, table)
        self._journal = Journal(self._table)
        self._clock = clock
        self._history_days = history_days

    def write(self, records: Sequence[HistoryRecord]) -> list[HistoryRecord]:
        """Write records, each row of the journal no later than the records that it lists; return the refused records.

        A crash in between leaves a row that names a record which does not exist; readers skip it. Records whose row was
        refused count as refused, even if they were written: writing them again is idempotent.
        """
        unique = {record.attempt.record_id: record for record in records}
        rows, items = self._encoded(unique)
        refused = batches.write(self._table, [batches.putting(each) for each in (*(row for _, row in rows), *items)])
        refused_keys = {record_item.id_of(each["PutRequest"]["Item"]) for each in refused}
        unlisted = {
            each.attempt.record_id for draft, row in rows if record_item.id_of(row) in refused_keys for each in draft.records
        }
        return [record for record_id, record in unique.items() if record_id in refused_keys | unlisted]

    def get(self, record_id: RecordId) -> HistoryRecord | None:
        """One record, by one read."""
        item = self._item(record_id)
        return None if item is None else item.decoded()

    def get_many(self, record_ids: Collection[RecordId]) -> dict[RecordId, HistoryRecord]:
        """The records that exist, by id."""
        return {each.attempt.record_id: each for each in self._read(dict.fromkeys(record_ids))}

    def page(
        self, webhook_id: str, before: str | None, wanted: HistoryFilter, limit: int
    ) -> tuple[list[HistoryRecord], str | None]:
        """Records of one webhook, newest first: from the table, or from the index of failed records."""
        low, high = _bounds(before, wanted)
        if low >= high:
            return [], None
        is_failed = wanted.only_outcome is Outcome.FAILED
        query = self._failed(webhook_id, low, high) if is_failed else self._all(webhook_id, low, high, wanted)
        is_dropping = query.index is None and (wanted.outcome is not None or wanted.compares_values)
        size = max(limit + 2, _FILTERED_READ) if is_dropping else limit + 2
        found: list[HistoryRecord] = []
        begin: Item | None = None
        for _ in range(_READS_MAX):
            items, begin = self._table.page(query, size, begin)
            found += self._wanted([item for item in items if HistoryKey.of(item).sort < high], query, wanted)
            if begin is None or len(found) > limit:
                break
        if len(found) > limit:
            return found[:limit], found[limit - 1].attempt.record_id.sort
        return found, None if begin is None else HistoryKey.of(begin).sort

    def page_of_all(self, before: JournalPosition | None, wanted: HistoryFilter, limit: int) -> JournalPage:
        """Records of all webhooks, in the order of the journal."""
        return self._journal.page(before, wanted, limit, self._now_s())

    def page_of_delivery(
        self, attempt: PendingAttempt, before: str | None, limit: int
    ) -> tuple[list[HistoryRecord], str | None]:
        """Records of one delivery, newest first, by one request to its index and one for the records."""
        ids, rest = delivery_index.ids_of(self._table, attempt, before, limit + 1)
        kept = self.get_many(ids)
        found = [kept[each] for each in ids if each in kept and kept[each].attempt.delivery_id == attempt.delivery_id]
        if len(found) > limit:
            return found[:limit], found[limit - 1].attempt.record_id.sort
        return found, rest

    def due(self, now: datetime, limit: int) -> list[RecordId]:
        """Ids of records whose next attempt is due, the longest overdue first. It reads only keys, not the records."""
        found = due_index.first(self._table, record_item.SHARDS, now, limit)
        return [RecordId(each.webhook_id, each.sort) for each in found]

    def still_due(self, record_ids: Sequence[RecordId]) -> list[HistoryRecord]:
        """The records that are still marked as due. It reads the mark from the items, since the index may lag."""
        items = batches.read(self._table, [record_item.key(each) for each in record_ids])
        waiting = {item.record_id: item for item in map(RecordItem.of, items) if item.due_at is not None}
        return [waiting[each].decoded() for each in record_ids if each in waiting]

    def settle(self, records: Sequence[HistoryRecord]) -> None:
        """Remove the marks. A record that has none, or is deleted, is settled already."""
        keys = [record_item.key(record.attempt.record_id) for record in records]
        concurrency.run(self._unmark, keys)

    def expunge(self, record_id: RecordId, now: datetime) -> HistoryRecord | None:
        """Replace the blob on condition that it has not changed since it was read. If it has, read it again.

        ::

            expunge    read blob 1 ──────────────── write, if blob 1 is still there ✗ ── read blob 2 ── write ✓
            a worker   ─────── write blob 2 ──┘  (the same attempt, made by two copies of its message)

        A copy that ends after the last write here writes its whole blob again. The documentation describes this limit.
        """
        for _ in range(_EXPUNGE_TRIES_MAX):
            item = self._item(record_id)
            if item is None:
                return None
            kept = item.decoded()
            if kept.expunged is not None:
                return kept
            if self._is_replaced(item, without := kept.without_content(now)):
                return without
        message = "The record keeps changing. Try again."
        raise Unavailable(message)

    def _is_replaced(self, old: RecordItem, new: HistoryRecord) -> bool:
        """Replace a blob, and remove the mark. The record does not expire later than before."""
        condition = Condition("#b = :old", {":old": old.blob})
        return self._table.is_updated(
            record_item.key(new.attempt.record_id),
            "SET #b = :new, #expires_at = :expires_at REMOVE #due_shard, #due_at",
            {":new": record_item.blob(new), ":expires_at": int(new.expires_at(self._history_days).timestamp())},
            condition,
        )

    def purge(self, webhook_id: str, limit: int) -> int:
        """Remove up to `limit` records of a webhook; return how many were removed."""
        query = Query(
            key="#webhook_id = :of", values={":of": webhook_id}, attributes=("webhook_id", "sort"), is_consistent=True
        )
        keys = self._table.first(query, limit)
        batches.require(self._table, [batches.deleting(key) for key in keys])
        return len(keys)

    def _encoded(
        self, records: dict[RecordId, HistoryRecord]
    ) -> tuple[list[tuple[journal_item.RowDraft, Item]], list[Item]]:
        """The journal's rows, and the records, each with the tail of its row."""
        drafts = journal_item.drafts(records.values())
        rows = [(draft, journal_item.encode(draft, self._history_days)) for draft in drafts]
        items = [
            record_item.encode(record, row_tail, self._history_days)
            for draft in drafts
            for row_tail in (draft.row.tail,)
            for record in draft.records
        ]
        return rows, items

    def _read(self, record_ids: Collection[RecordId]) -> list[HistoryRecord]:
        items = batches.read(self._table, [record_item.key(each) for each in record_ids])
        return [item.decoded() for item in map(RecordItem.of, items) if item.is_kept(self._now_s())]

    def _all(self, webhook_id: str, low: str, high: str, wanted: HistoryFilter) -> Query:
        """Query the table. DynamoDB drops expired records and those of another outcome or type; `_wanted` does the rest."""
        filters = ["#expires_at > :now"]
        values: dict[str, Value] = {":of": webhook_id, ":low": low, ":high": high, ":now": self._now_s()}
        if wanted.outcome is Outcome.SUCCEEDED:
            filters.append("attribute_not_exists(#failed_of)")
        if wanted.notification_type is not None:
            filters.append("#t = :type")
            values[":type"] = wanted.notification_type
        return Query(
            key="#webhook_id = :of AND #sort BETWEEN :low AND :high",
            values=values,
            wanted=" AND ".join(filters),
            is_forward=False,
        )

    def _failed(self, webhook_id: str, low: str, high: str) -> Query:
        """Query the index of failed records, which has only their keys."""
        return Query(
            key="#failed_of = :of AND #sort BETWEEN :low AND :high",
            values={":of": webhook_id, ":low": low, ":high": high},
            index="failed",
            is_forward=False,
        )

    def _wanted(self, items: Sequence[Item], query: Query, wanted: HistoryFilter) -> list[HistoryRecord]:
        """The records that match, of a page of the table or of the keys on a page of the index."""
        if query.index is None:
            records = [record_item.decode(item) for item in items]
        else:
            ids = [record_item.id_of(item) for item in items]
            found = self.get_many(ids)
            records = [found[each] for each in ids if each in found]
        return [each for each in records if wanted.matches(each)]

    def _unmark(self, key: Item) -> None:
        self._table.is_updated(key, "REMOVE #due_shard, #due_at", {}, _IS_WAITING)

    def _item(self, record_id: RecordId) -> RecordItem | None:
        item = self._table.get(record_item.key(record_id))
        found = None if item is None else RecordItem.of(item)
        return found if found is not None and found.is_kept(self._now_s()) else None

    def _now_s(self) -> int:
        return int(self._clock.now().timestamp())


def _bounds(before: str | None, wanted: HistoryFilter) -> tuple[str, str]:
    """The lowest sort key, inclusive, and the highest, exclusive."""
    low = LOWEST if wanted.since is None else lowest_from(wanted.since)
    until = HIGHEST if wanted.until is None else lowest_from(wanted.until)
    return low, min(until, before or HIGHEST)
