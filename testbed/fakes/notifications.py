"""Stored and scheduled notifications in memory."""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple, Self

from chalicelib.adapters.dynamodb.bounds import lowest_from
from chalicelib.adapters.dynamodb.notifications import HOURS_MAX, SHARDS
from chalicelib.adapters.dynamodb.parcels import SPAN, parcels
from chalicelib.domain import ids

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from chalicelib.intake.ports import HeldNotification
    from chalicelib.ports import Clock


class _Position(NamedTuple):
    """A position in the stored notifications: a parcel, and how many of its notifications were read."""

    sort: str
    offset: int = 0

    def __str__(self) -> str:
        """The cursor's text. The offset comes first, unlike the adapter's, so that no code can parse both."""
        return f"{self.offset}|{self.sort}"

    @classmethod
    def parse(cls, text: str) -> Self:
        offset, _, sort = text.partition("|")
        return cls(sort, int(offset))


class _Kept(NamedTuple):
    held: tuple[HeldNotification, ...]
    expires_at: datetime


class FakeNotificationStore:
    """Stores notifications of one batch together, and reads a number of hours for each page, as the table does."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._scheduled: dict[str, HeldNotification] = {}

    def keep(self, held: Sequence[HeldNotification], days: int) -> None:
        expires_at = self._clock.now() + timedelta(days=days)
        for parcel in parcels(held):
            self._kept[parcel.sort] = _Kept(tuple(map(_as_kept, parcel.held)), expires_at)

    def kept(
        self, since: datetime, until: datetime, after: str | None, limit: int
    ) -> tuple[list[HeldNotification], str | None]:
        position = _Position.parse(after) if after else _Position(lowest_from(since - SPAN))
        end, page_end = lowest_from(until), _hours_on(position.sort)
        found: list[HeldNotification] = []
        for each, behind in self._from(position, min(end, page_end)):
            if since <= each.at < until:
                found.append(each)
            if len(found) == limit:
                return found, str(behind)
        return found, str(_Position(page_end)) if page_end < end else None

    def _from(self, position: _Position, end: str) -> Iterator[tuple[HeldNotification, _Position]]:
        """Each notification of a range that has not expired, with the position after it."""
        for sort, (held, expires_at) in sorted(self._kept.items()):
            if position.sort <= sort < end and expires_at > self._clock.now():
                behind = position.offset if sort == position.sort else 0
                for number, each in enumerate(held[behind:], behind + 1):
                    yield each, _Position(sort, number)

    def schedule(self, held: HeldNotification) -> None:
        self._scheduled[_scheduled(held)] = _as_kept(held)

    def due(self, by: datetime, limit: int) -> list[HeldNotification]:
        due = [held for _, held in sorted(self._scheduled.items()) if held.at <= by]
        shards = ([each for each in due if _shard(each) == shard][:limit] for shard in range(SHARDS))
        return next(filter(None, shards), [])

    def settle(self, held: Sequence[HeldNotification]) -> None:
        for each in held:
            self._scheduled.pop(_scheduled(each), None)


def _hours_on(sort: str) -> str:
    hour = ids.time_of(sort).replace(minute=0, second=0, microsecond=0)
    return ids.floor_at(hour + timedelta(hours=HOURS_MAX))


def _shard(held: HeldNotification) -> int:
    return zlib.crc32(held.id.encode("utf-8", "surrogatepass")) % SHARDS


def _scheduled(held: HeldNotification) -> str:
    """The key of a notification. If its producer is not known, it is the id alone."""
    parts = (held.producer, held.id, held.text) if held.producer else (held.id,)
    return ids.derived(held.at, "notification", *parts)


def _as_kept(held: HeldNotification) -> HeldNotification:
    return replace(held, at=ids.at_milliseconds(ids.milliseconds(held.at)))
