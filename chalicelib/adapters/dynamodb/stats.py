"""Stats in the history table, which also has the records that they count: one item per webhook and day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from chalicelib.adapters.dynamodb import batches
from chalicelib.adapters.dynamodb.bounds import lowest_from
from chalicelib.adapters.dynamodb.compression import pack, unpack
from chalicelib.adapters.dynamodb.stored import HistoryKey, Stored
from chalicelib.adapters.dynamodb.table import Query, Table
from chalicelib.codec.messages import CODEC
from chalicelib.domain import ids
from chalicelib.domain.delivery.attempt import FailureCause
from chalicelib.domain.history.stats import KeptHour, Measure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.adapters.dynamodb.values import Item

_PAGE: Final = 10_000
"""More items than a request returns: it ends at 1 MB, which is at most about a thousand records."""
_KEPT_FOR: Final = timedelta(days=92)


class RecordMeasure(Stored, frozen=True):
    """The attributes of a record that stats read."""

    sort: str
    duration_ms: int = msgspec.field(name="d")
    cause: FailureCause | None = msgspec.field(name="c", default=None)


class StoredDay(Stored, frozen=True):
    """A day of a webhook: its hours, compressed. `expires_at` (seconds) is the table's TTL."""

    hours: bytes = msgspec.field(name="b")
    expires_at: int


@dataclass(frozen=True, slots=True)
class _Day:
    hours: tuple[KeptHour, ...]


class DynamoStats:
    """Stats as items; their key is ``stats|<webhook id>`` and the day."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._table = Table(client, table)

    def measures(
        self, webhook_id: str, since: datetime, until: datetime, after: str | None
    ) -> tuple[list[Measure], str | None]:
        """Measures of records, by one request. DynamoDB reads whole records and returns the attributes that stats need."""
        high = lowest_from(until)
        query = Query(
            key="#webhook_id = :of AND #sort BETWEEN :low AND :high",
            values={":of": webhook_id, ":low": lowest_from(since), ":high": high},
            attributes=("sort", "c", "d"),
        )
        begin = None if after is None else HistoryKey(webhook_id=webhook_id, sort=after).to_item()
        items, last_key = self._table.page(query, _PAGE, begin)
        found = [_measure(each) for each in map(RecordMeasure.of, items) if each.sort < high]
        return found, None if last_key is None else HistoryKey.of(last_key).sort

    def days(self, webhook_id: str, days: Sequence[date]) -> dict[datetime, KeptHour]:
        """The stored hours of these days; one request for up to 100 days."""
        found = map(StoredDay.of, batches.read(self._table, [_key(webhook_id, day) for day in days]))
        return {each.hour: each for kept in found for each in CODEC.from_json(_Day, unpack(kept.hours)).hours}

    def keep_day(self, webhook_id: str, day: date, hours: Sequence[KeptHour]) -> None:
        """Store a day as one item. It expires after 92 days, when it can no longer be requested."""
        over_at = datetime(day.year, day.month, day.day, tzinfo=UTC) + _KEPT_FOR
        packed = pack(CODEC.to_bytes(_Day(tuple(hours))))
        kept = StoredDay(hours=packed, expires_at=int(over_at.timestamp()))
        self._table.put(_key(webhook_id, day) | kept.to_item())

    def forget(self, webhook_id: str) -> None:
        """Delete all items of a webhook. There are at most as many as days that they are kept."""
        query = Query(
            key="#webhook_id = :of",
            values={":of": _partition(webhook_id)},
            attributes=("webhook_id", "sort"),
            is_consistent=True,
        )
        batches.require(self._table, [batches.deleting(key) for key in self._table.every(query)])


def _partition(webhook_id: str) -> str:
    return f"stats|{webhook_id}"


def _key(webhook_id: str, day: date) -> Item:
    return HistoryKey(webhook_id=_partition(webhook_id), sort=day.isoformat()).to_item()


def _measure(read: RecordMeasure) -> Measure:
    return Measure(read.sort, ids.time_of(read.sort), read.cause, read.duration_ms)
