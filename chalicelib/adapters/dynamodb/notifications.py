"""The notifications table: notifications that are kept for recoveries, and those whose time has not come.

===========================  ====================  ==================================================================
pk                           sk                    what it is
===========================  ====================  ==================================================================
``kept|<hour>|<shard>``      time, digest of ids   a `parcel` of kept ones under the time of its first; `expires_at`
                                                   (seconds) is the table's TTL
``scheduled|<shard>``        time, digest          one that is held back: `id`, `producer`, `text` (compressed),
                                                   `depth` if it is not 0
===========================  ====================  ==================================================================

The digest makes writing the same again writing it once: of those that are held back it is of producer, id and text, so that
none takes another one's place. Before producers had name spaces it was of the id alone.
"""

from __future__ import annotations

import heapq
import zlib
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from chalicelib.adapters.dynamodb import batches, compression, parcels
from chalicelib.adapters.dynamodb.bounds import LOWEST, lowest_from
from chalicelib.adapters.dynamodb.parcels import ParcelItem
from chalicelib.adapters.dynamodb.stored import Key
from chalicelib.adapters.dynamodb.table import Condition, Query, Table
from chalicelib.domain import ids
from chalicelib.intake.ports import HeldNotification

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.adapters.dynamodb.parcels import Parcel
    from chalicelib.adapters.dynamodb.values import Item
    from chalicelib.ports import Clock

SHARDS: Final = 4
"""A partition takes 1,000 writes a second."""
HOURS_MAX: Final = 12
"""Hours of one page: where little is kept, a page is short and has a next one."""
_HOUR: Final = timedelta(hours=1)
_PARCELS_AT_ONCE: Final = 16
"""Parcels that one request reads: a page of notifications is found in few of them, or in many."""


class _Position(NamedTuple):
    """A place among the kept ones: a parcel, by its sort key, and how many of its notifications are behind us."""

    sort: str
    offset: int = 0

    def __str__(self) -> str:
        return f"{self.sort}|{self.offset}"

    @classmethod
    def parse(cls, text: str) -> _Position:
        sort, _, offset = text.partition("|")
        return cls(sort, int(offset))


class Scheduled(Key, frozen=True):
    """A scheduled notification. Its text is compressed."""

    id: str
    text: bytes
    producer: str = ""
    depth: int = 0

    def decoded(self) -> HeldNotification:
        """The notification."""
        text = compression.unpack(self.text).decode("utf-8", "surrogatepass")
        return HeldNotification(self.id, ids.time_of(self.sk), text, self.producer, self.depth)


class DynamoNotifications:
    """Notifications as items of the notifications table."""

    def __init__(self, client: DynamoDBClient, table: str, clock: Clock) -> None:
        self._table = Table(client, table)
        self._clock = clock

    def keep(self, held: Sequence[HeldNotification], days: int) -> None:
        """Keep some, those of a minute together, by unconditional writes."""
        expires_at = int((self._clock.now() + timedelta(days=days)).timestamp())
        items = [_encoded(parcel, expires_at) for parcel in parcels.parcels(held)]
        batches.require(self._table, [batches.putting(each.to_item()) for each in items])

    def kept(
        self, since: datetime, until: datetime, after: str | None, limit: int
    ) -> tuple[list[HeldNotification], str | None]:
        """Those of a span of time, hour by hour, the parcels of each merged from its shards."""
        end = lowest_from(until)
        position = _Position.parse(after) if after else _Position(lowest_from(since - parcels.SPAN))
        found: list[HeldNotification] = []
        for _ in range(HOURS_MAX):
            next_hour = ids.floor_at(_hour_of(position.sort) + _HOUR)
            for each, behind in self._hour(position, min(next_hour, end)):
                if since <= each.at < until:
                    found.append(each)
                if len(found) == limit:
                    return found, str(behind)
            if next_hour >= end:
                return found, None
            position = _Position(next_hour)
        return found, str(position)

    def schedule(self, held: HeldNotification) -> None:
        """Hold one back, by one unconditional write; it has no TTL, since what is owed does not expire."""
        self._table.put(_scheduled(held).to_item())

    def due(self, by: datetime, limit: int) -> list[HeldNotification]:
        """The longest due of the first shard that has any: what one request brings, 1 MB at the most."""
        end = ids.floor_at(by + timedelta(milliseconds=1))
        for shard in range(SHARDS):
            items = self._table.page(_between(f"scheduled|{shard}", LOWEST, end), limit).items
            if due := [each.decoded() for each in map(Scheduled.of, items) if each.sk < end]:
                return due
        return []

    def settle(self, held: Sequence[HeldNotification]) -> None:
        """Remove those held back."""
        batches.require(self._table, [batches.deleting(_scheduled_key(each).to_item()) for each in held])

    def _hour(self, position: _Position, end: str) -> Iterator[tuple[HeldNotification, _Position]]:
        """The kept notifications of one hour, from a position on, each with the position behind it."""
        is_kept = Condition("#expires_at > :now", {":now": int(self._clock.now().timestamp())})
        hour = _hour_of(position.sort)
        shards = [self._each(_kept(hour, shard), position.sort, end, is_kept) for shard in range(SHARDS)]
        for item in heapq.merge(*shards, key=lambda item: item.sk):
            behind = position.offset if item.sk == position.sort else 0
            for number, each in enumerate(item.decoded()[behind:], behind + 1):
                yield each, _Position(item.sk, number)

    def _each(self, partition: str, begin: str, end: str, wanted: Condition) -> Iterator[ParcelItem]:
        """The items of a partition from `begin` on and before `end`; the next ones are read when they are asked for."""
        query = _between(partition, begin, end, wanted)
        last: Item | None = None
        while True:
            items, last = self._table.page(query, _PARCELS_AT_ONCE, last)
            yield from (each for each in map(ParcelItem.of, items) if each.sk < end)
            if last is None:
                return


def _between(partition: str, begin: str, end: str, wanted: Condition | None = None) -> Query:
    return Query(
        key="#pk = :of AND #sk BETWEEN :begin AND :end",
        values={":of": partition, ":begin": begin, ":end": end, **(wanted.values if wanted else {})},
        wanted=wanted.expression if wanted else None,
        is_consistent=True,
    )


def _shard(notification_id: str) -> int:
    return zlib.crc32(notification_id.encode("utf-8", "surrogatepass")) % SHARDS


def _kept(at: datetime, shard: int) -> str:
    return f"kept|{at:%Y-%m-%dT%H}|{shard}"


def _encoded(parcel: Parcel, expires_at: int) -> ParcelItem:
    partition = _kept(_hour_of(parcel.sort), _shard(parcel.held[0].id))
    return ParcelItem(pk=partition, sk=parcel.sort, parcel=parcel.content(), expires_at=expires_at)


def _hour_of(sort: str) -> datetime:
    return ids.time_of(sort).replace(minute=0, second=0, microsecond=0)


def _scheduled_key(held: HeldNotification) -> Key:
    whole = (held.producer, held.id, held.text) if held.producer else (held.id,)
    return Key(pk=f"scheduled|{_shard(held.id)}", sk=ids.derived(held.at, "notification", *whole))


def _scheduled(held: HeldNotification) -> Scheduled:
    key, text = _scheduled_key(held), compression.pack(held.text.encode("utf-8", "surrogatepass"))
    return Scheduled(pk=key.pk, sk=key.sk, id=held.id, producer=held.producer, text=text, depth=held.depth)
