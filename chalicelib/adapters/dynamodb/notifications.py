"""Notifications in the notifications table: those kept for recoveries, and those scheduled for later.

===========================  ====================  ==================================================================
pk                           sk                    what it is
===========================  ====================  ==================================================================
``kept|<hour>|<shard>``      time, digest of ids   a `parcel` of kept ones, at the time of its first; `expires_at`
                                                   (seconds) is the table's TTL
``scheduled|<shard>``        time, digest          a scheduled one: `id`, `producer`, `text` (compressed),
                                                   `depth` if it is not 0
===========================  ====================  ==================================================================

The digest makes writes idempotent. For scheduled notifications it is of producer, id and text, so that no notification
replaces a different one. Before producers had name spaces, it was of the id alone.
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
"""Hours that one page reads. If few notifications are kept, a page is short and has a next one."""
_HOUR: Final = timedelta(hours=1)
_PARCELS_AT_ONCE: Final = 16
"""Parcels that one request reads. A page of notifications may be in few of them, or in many."""


class _Position(NamedTuple):
    """A position among the kept notifications: the sort key of a parcel, and how many of its notifications precede it."""

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
        """Store notifications by unconditional writes; those within a minute share a parcel."""
        expires_at = int((self._clock.now() + timedelta(days=days)).timestamp())
        items = [_encoded(parcel, expires_at) for parcel in parcels.parcels(held)]
        batches.require(self._table, [batches.putting(each.to_item()) for each in items])

    def kept(
        self, since: datetime, until: datetime, after: str | None, limit: int
    ) -> tuple[list[HeldNotification], str | None]:
        """Kept notifications of a time span. It reads hour by hour, and merges the parcels of the shards."""
        end = lowest_from(until)
        position = _Position.parse(after) if after else _Position(lowest_from(since - parcels.SPAN))
        found: list[HeldNotification] = []
        for _ in range(HOURS_MAX):
            next_hour = ids.floor_at(_hour_of(position.sort) + _HOUR)
            for each, next_position in self._hour(position, min(next_hour, end)):
                if since <= each.at < until:
                    found.append(each)
                if len(found) == limit:
                    return found, str(next_position)
            if next_hour >= end:
                return found, None
            position = _Position(next_hour)
        return found, str(position)

    def schedule(self, held: HeldNotification) -> None:
        """Store a notification until it is due, by one unconditional write. It has no TTL, so it cannot expire before."""
        self._table.put(_scheduled(held).to_item())

    def due(self, by: datetime, limit: int) -> list[HeldNotification]:
        """The longest overdue ones of the first shard that has any, by one request, which returns at most 1 MB."""
        end = ids.floor_at(by + timedelta(milliseconds=1))
        for shard in range(SHARDS):
            items = self._table.page(_between(f"scheduled|{shard}", LOWEST, end), limit).items
            if due := [each.decoded() for each in map(Scheduled.of, items) if each.sk < end]:
                return due
        return []

    def settle(self, held: Sequence[HeldNotification]) -> None:
        """Remove scheduled notifications."""
        batches.require(self._table, [batches.deleting(_scheduled_key(each).to_item()) for each in held])

    def _hour(self, position: _Position, end: str) -> Iterator[tuple[HeldNotification, _Position]]:
        """The kept notifications of one hour, from a position on, each with the position after it."""
        is_kept = Condition("#expires_at > :now", {":now": int(self._clock.now().timestamp())})
        hour = _hour_of(position.sort)
        shards = [self._each(_kept(hour, shard), position.sort, end, is_kept) for shard in range(SHARDS)]
        for item in heapq.merge(*shards, key=lambda item: item.sk):
            seen = position.offset if item.sk == position.sort else 0
            for number, each in enumerate(item.decoded()[seen:], seen + 1):
                yield each, _Position(item.sk, number)

    def _each(self, partition: str, begin: str, end: str, wanted: Condition) -> Iterator[ParcelItem]:
        """The items of a partition from `begin`, inclusive, to `end`, exclusive. Pages are read when they are needed."""
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
