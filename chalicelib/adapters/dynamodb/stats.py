"""The stats, in the history table: an item for each day of a webhook, beside the records that they are counted from."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from chalicelib.adapters.dynamodb import batches, values
from chalicelib.adapters.dynamodb.bounds import lowest_from
from chalicelib.adapters.dynamodb.compression import pack, unpack
from chalicelib.adapters.dynamodb.table import Query, Table
from chalicelib.domain import ids
from chalicelib.domain.delivery.attempt import FailureCause
from chalicelib.domain.history.stats import Histogram, KeptHour, Measure, Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.adapters.dynamodb.values import Item

_PAGE: Final = 10_000
"""More items than a request brings: it ends at 1 MB, a thousand records or fewer."""
_KEPT_FOR: Final = timedelta(days=92)


class DynamoStats:
    """``stats|<webhook id>`` and the day, the hours compressed."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._table = Table(client, table)

    def measures(
        self, webhook_id: str, since: datetime, until: datetime, after: str | None
    ) -> tuple[list[Measure], str | None]:
        """One request: DynamoDB reads the records whole, and sends what is asked for."""
        high = lowest_from(until)
        query = Query(
            key="#webhook_id = :of AND #sort BETWEEN :low AND :high",
            values={":of": webhook_id, ":low": lowest_from(since), ":high": high},
            attributes=("sort", "c", "d"),
        )
        begin = None if after is None else values.item({"webhook_id": webhook_id, "sort": after})
        items, last_key = self._table.page(query, _PAGE, begin)
        found = [_measure(item) for item in items if item["sort"]["S"] < high]
        return found, None if last_key is None else last_key["sort"]["S"]

    def days(self, webhook_id: str, days: Sequence[date]) -> dict[datetime, KeptHour]:
        """One request for up to 100 days."""
        found = batches.read(self._table, [_key(webhook_id, day) for day in days])
        return {each.hour: each for item in found for each in map(_hour, json.loads(unpack(item["b"]["B"])))}

    def keep_day(self, webhook_id: str, day: date, hours: Sequence[KeptHour]) -> None:
        """One item, gone when nobody may ask for it any more."""
        text = json.dumps([_plain(each) for each in hours], separators=(",", ":"))
        over_at = datetime(day.year, day.month, day.day, tzinfo=UTC) + _KEPT_FOR
        rest = values.item({"b": pack(text.encode()), "expires_at": int(over_at.timestamp())})
        self._table.put(_key(webhook_id, day) | rest)

    def forget(self, webhook_id: str) -> None:
        """There are no more items than days for which they are kept."""
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
    return values.item({"webhook_id": _partition(webhook_id), "sort": day.isoformat()})


def _measure(item: Item) -> Measure:
    sort = item["sort"]["S"]
    failure = FailureCause(item["c"]["S"]) if "c" in item else None
    return Measure(sort, ids.time_of(sort), failure, int(item["d"]["N"]))


def _plain(kept: KeptHour) -> list[Any]:
    """An hour, as short as it can be."""
    tally = kept.tally
    times = [int(at.timestamp()) for at in (kept.hour, kept.counted_at)]
    return [*times, kept.read_to, tally.succeeded, tally.failed, list(tally.responses.counts.items())]


def _hour(plain: list[Any]) -> KeptHour:
    """The reverse of `_plain`."""
    hour, counted_at, read_to, succeeded, failed, responses = plain
    return KeptHour(
        hour=datetime.fromtimestamp(hour, UTC),
        tally=Tally(succeeded, failed, Histogram(dict(map(tuple, responses)))),
        counted_at=datetime.fromtimestamp(counted_at, UTC),
        read_to=read_to,
    )
