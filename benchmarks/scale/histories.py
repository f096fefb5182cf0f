"""Histories by the thousand and by the million, as the deliver worker would have left them.

Records come in batches of twenty, each batch within milliseconds, all of them within the days for which they are kept.
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
"""How far the oldest record is back."""
_MILLISECOND: Final = timedelta(milliseconds=1)
_BATCH: Final = journal_item.ROW_RECORDS_MAX
_TEXT: Final = '{"notificationType":"modelDeleted","text":"Steve Touw has deleted the test data source.","actionBy":1}'


def load_successes(tables: Tables, webhook_id: str, count: int) -> None:
    """So many records of deliveries that succeeded at once. They are alike but for their keys, and so encoded once."""
    sample = samples.record(webhook_id, datetime.now(UTC))
    alike = record_item.encode(sample, "", _DAYS)

    def encoded(record: HistoryRecord, tail: str) -> Item:
        return {**alike, **record_item.key(record.attempt.record_id), **values.item({"j": tail})}

    records = (_numbered(sample, number, at) for number, at in enumerate(_times(count)))
    load(tables.url, tables.places["HISTORY_TABLE"], _items(records, encoded))


def load_failures(tables: Tables, webhook_id: str, count: int) -> None:
    """So many records of deliveries that failed and are not tried again, each with bytes of its own."""
    records = (_failure(webhook_id, at) for at in _times(count))
    load(tables.url, tables.places["HISTORY_TABLE"], _items(records, _encoded))


def _times(count: int) -> Iterator[datetime]:
    """Times of records, oldest first."""
    oldest = datetime.now(UTC) - SPAN
    for number in range(count):
        batch, place = divmod(number, _BATCH)
        yield oldest + SPAN * (batch * _BATCH / count) + place * _MILLISECOND


def _numbered(sample: HistoryRecord, number: int, at: datetime) -> HistoryRecord:
    sort = ids.sortable(at, number.to_bytes(ids.ENTROPY_BYTES))
    return replace(sample, attempt=replace(sample.attempt, record_id=replace(sample.attempt.record_id, sort=sort)))


def _failure(webhook_id: str, at: datetime) -> HistoryRecord:
    """The record of a first attempt, under the ids that a fan-out would have given it."""
    taken = notification.parse(_TEXT, notification_id=ids.NOTIFICATION + samples.part(at), accepted_at=at)
    attempt = Delivery.of(taken, webhook_id).first_attempt(_TEXT)
    return replace(samples.record(webhook_id, at, failure=FailureCause.STATUS), attempt=attempt)


def _encoded(record: HistoryRecord, tail: str) -> Item:
    return record_item.encode(record, tail, _DAYS)


def _items(records: Iterable[HistoryRecord], encoded: Callable[[HistoryRecord, str], Item]) -> Iterator[Item]:
    """The journal's rows and the records with the tail of their row, as `DynamoHistory.write` writes them."""
    coming = iter(records)
    while batch := list(islice(coming, _BATCH)):
        for draft in journal_item.drafts(batch):
            yield journal_item.encode(draft, _DAYS)
            tail = draft.row.tail
            yield from (encoded(each, tail) for each in draft.records)
