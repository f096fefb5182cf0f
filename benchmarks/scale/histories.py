"""Loads thousands or millions of records, as the deliver worker would have written them.

Records are in batches of twenty, each within milliseconds, and all within the retention.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

from benchmarks.scale.loading import load
from chalicelib.adapters.dynamodb import journal_item, record_item, values
from chalicelib.domain import ids
from chalicelib.domain.delivery.attempt import FailureCause
from chalicelib.domain.delivery.delivery import Delivery
from chalicelib.domain.notifications import notification
from testbed import samples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from benchmarks.scale.deployment import Tables
    from chalicelib.adapters.dynamodb.values import Item
    from chalicelib.domain.history.records import HistoryRecord

_DAYS: Final = 30
SPAN: Final = timedelta(days=20)
"""The age of the oldest record."""
_MILLISECOND: Final = timedelta(milliseconds=1)
_BATCH: Final = journal_item.ROW_RECORDS_MAX
_TEXT: Final = '{"notificationType":"modelDeleted","text":"Steve Touw has deleted the test data source.","actionBy":1}'


def load_successes(tables: Tables, webhook_id: str, count: int) -> None:
    """Load records of first successes. They differ only in their keys, so they are encoded once."""
    sample = samples.record(webhook_id, datetime.now(UTC))
    alike = record_item.encode(sample, "", _DAYS)

    def encoded(record: HistoryRecord, tail: str) -> Item:
        return {**alike, **record_item.key(record.attempt.record_id), **values.item({"j": tail})}

    records = (_numbered(sample, number, at) for number, at in enumerate(_times(count)))
    load(tables.url, tables.places["HISTORY_TABLE"], _items(records, encoded))


def load_failures(tables: Tables, webhook_id: str, count: int) -> None:
    """Load records of deliveries that failed finally, each with content of its own."""
    records = (_failure(webhook_id, at) for at in _times(count))
    load(tables.url, tables.places["HISTORY_TABLE"], _items(records, _encoded))


def _times(count: int) -> Iterator[datetime]:
    """The times of records, oldest first."""
    oldest = datetime.now(UTC) - SPAN
    for number in range(count):
        batch, place = divmod(number, _BATCH)
        yield oldest + SPAN * (batch * _BATCH / count) + place * _MILLISECOND


def _numbered(sample: HistoryRecord, number: int, at: datetime) -> HistoryRecord:
    sort = ids.sortable(at, number.to_bytes(ids.ENTROPY_BYTES))
    return replace(sample, attempt=replace(sample.attempt, record_id=replace(sample.attempt.record_id, sort=sort)))


def _failure(webhook_id: str, at: datetime) -> HistoryRecord:
    """The record of a first attempt, with the ids of a fan-out."""
    taken = notification.parse(_TEXT, notification_id=ids.NOTIFICATION + samples.part(at), accepted_at=at)
    attempt = Delivery.of(taken, webhook_id).first_attempt(_TEXT)
    return replace(samples.record(webhook_id, at, failure=FailureCause.STATUS), attempt=attempt)


def _encoded(record: HistoryRecord, tail: str) -> Item:
    return record_item.encode(record, tail, _DAYS)


def _items(records: Iterable[HistoryRecord], encoded: Callable[[HistoryRecord, str], Item]) -> Iterator[Item]:
    """The rows of the journal and the records, as `DynamoHistory.write` writes them."""
    coming = iter(records)
    while batch := list(islice(coming, _BATCH)):
        for draft in journal_item.drafts(batch):
            yield journal_item.encode(draft, _DAYS)
            tail = draft.row.tail
            yield from (encoded(each, tail) for each in draft.records)
