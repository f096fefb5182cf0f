"""The notifications table: notifications that are kept for recoveries, and those whose time has not come.

A kept one stands under ``kept|<hour>|<shard>``, its `expires_at` (seconds) is the table's TTL; one that is held back under
``scheduled|<shard>``. The sort key is the time and a digest of the id, so that writing one again is writing it once. `text`
is compressed: most notifications then fit, with their keys, into the 1,024 bytes of one write unit.
"""

from __future__ import annotations

import heapq
import zlib
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.adapters.dynamodb import batches, compression, values
from chalicelib.adapters.dynamodb.bounds import LOWEST, lowest_from
from chalicelib.adapters.dynamodb.table import Condition, Query, Table
from chalicelib.domain import ids
from chalicelib.services.ports import HeldNotification

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.adapters.dynamodb.values import Item
    from chalicelib.services.ports import Clock

SHARDS: Final = 4
"""A partition takes 1,000 writes a second."""
HOURS_MAX: Final = 12
"""Hours of one page: where little is kept, a page is short and has a next one."""
_HOUR: Final = timedelta(hours=1)


class DynamoNotifications:
    """Notifications as items of the notifications table."""

    def __init__(self, client: DynamoDBClient, table: str, clock: Clock) -> None:
        self._table = Table(client, table)
        self._clock = clock

    def keep(self, held: Sequence[HeldNotification], days: int) -> None:
        """Keep some, by one unconditional write each; a batch must not have two of one key."""
        expires_at = values.item({"expires_at": int((self._clock.now() + timedelta(days=days)).timestamp())})
        unique = {ids.derived(each.at, each.id): each for each in held}
        items = [{**_kept_key(each), **_content(each), **expires_at} for each in unique.values()]
        batches.require(self._table, [batches.putting(each) for each in items])

    def kept(
        self, since: datetime, until: datetime, after: str | None, limit: int
    ) -> tuple[list[HeldNotification], str | None]:
        """Those of a span of time, hour by hour, each merged from its shards."""
        end = lowest_from(until)
        begin = after or lowest_from(since)
        found: list[Item] = []
        for _ in range(HOURS_MAX):
            next_hour = ids.floor_at(_hour_of(begin) + _HOUR)
            found += self._hour(begin, min(next_hour, end), limit - len(found))
            if len(found) == limit:
                return _decoded(found), found[-1]["sk"]["S"]
            if next_hour >= end:
                return _decoded(found), None
            begin = next_hour
        return _decoded(found), begin

    def schedule(self, held: HeldNotification) -> None:
        """Hold one back, by one unconditional write; it has no TTL, since what is owed does not expire."""
        self._table.put({**_scheduled(held), **_content(held)})

    def due(self, by: datetime, limit: int) -> list[HeldNotification]:
        """The longest due of all shards."""
        end = ids.floor_at(by + timedelta(milliseconds=1))
        found = self._merged([f"scheduled|{shard}" for shard in range(SHARDS)], LOWEST, end, limit)
        return _decoded(found)

    def settle(self, held: Sequence[HeldNotification]) -> None:
        """Remove those held back."""
        batches.require(self._table, [batches.deleting(_scheduled(each)) for each in held])

    def _hour(self, begin: str, end: str, limit: int) -> list[Item]:
        partitions = [_kept(_hour_of(begin), shard) for shard in range(SHARDS)]
        is_kept = Condition("#expires_at > :now", {":now": int(self._clock.now().timestamp())})
        return self._merged(partitions, begin, end, limit, is_kept)

    def _merged(
        self, partitions: Sequence[str], begin: str, end: str, limit: int, wanted: Condition | None = None
    ) -> list[Item]:
        """The first items of several partitions, behind `begin` and before `end`."""
        several = [self._first(partition, begin, end, limit, wanted) for partition in partitions]
        merged = heapq.merge(*several, key=lambda item: item["sk"]["S"])
        return [item for item, _ in zip(merged, range(limit), strict=False)]

    def _first(self, partition: str, begin: str, end: str, limit: int, wanted: Condition | None) -> list[Item]:
        query = Query(
            key="#pk = :of AND #sk BETWEEN :begin AND :end",
            values={":of": partition, ":begin": begin, ":end": end, **(wanted.values if wanted else {})},
            wanted=wanted.expression if wanted else None,
            is_consistent=True,
        )
        return [item for item in self._table.first(query, limit + 2) if begin < item["sk"]["S"] < end]


def _shard(notification_id: str) -> int:
    return zlib.crc32(notification_id.encode("utf-8", "surrogatepass")) % SHARDS


def _kept(at: datetime, shard: int) -> str:
    return f"kept|{at:%Y-%m-%dT%H}|{shard}"


def _kept_key(held: HeldNotification) -> Item:
    return _key(_kept(_hour_of(ids.floor_at(held.at)), _shard(held.id)), held)


def _hour_of(sort: str) -> datetime:
    return ids.time_of(sort).replace(minute=0, second=0, microsecond=0)


def _scheduled(held: HeldNotification) -> Item:
    return _key(f"scheduled|{_shard(held.id)}", held)


def _key(partition: str, held: HeldNotification) -> Item:
    return values.item({"pk": partition, "sk": ids.derived(held.at, "notification", held.id)})


def _content(held: HeldNotification) -> Item:
    return values.item({"id": held.id, "text": compression.pack(held.text.encode("utf-8", "surrogatepass"))})


def _decoded(items: Sequence[Item]) -> list[HeldNotification]:
    return [_decode(each) for each in items]


def _decode(item: Item) -> HeldNotification:
    text = compression.unpack(item["text"]["B"]).decode("utf-8", "surrogatepass")
    return HeldNotification(item["id"]["S"], ids.time_of(item["sk"]["S"]), text)
