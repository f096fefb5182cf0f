"""Notifications that are kept, and those that are held back, in memory."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain import ids
from chalicelib.services.ports import HeldNotification

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.services.ports import Clock

_ALMOST_A_MILLISECOND = timedelta(microseconds=999)


class FakeNotificationStore:
    """Keeps each under its sort key, as the table does."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[HeldNotification, datetime]] = {}
        self._scheduled: dict[str, HeldNotification] = {}

    def keep(self, held: Sequence[HeldNotification], days: int) -> None:
        self._kept |= {_sort(each): (_as_kept(each), self._clock.now() + timedelta(days=days)) for each in held}

    def kept(
        self, since: datetime, until: datetime, after: str | None, limit: int
    ) -> tuple[list[HeldNotification], str | None]:
        begin = after or ids.floor_at(since + _ALMOST_A_MILLISECOND)
        end = ids.floor_at(until + _ALMOST_A_MILLISECOND)
        alive = {sort: held for sort, (held, expires_at) in self._kept.items() if expires_at > self._clock.now()}
        found = sorted(sort for sort in alive if begin < sort < end)[:limit]
        return [alive[sort] for sort in found], found[-1] if len(found) == limit else None

    def schedule(self, held: HeldNotification) -> None:
        self._scheduled[_sort(held)] = _as_kept(held)

    def due(self, by: datetime, limit: int) -> list[HeldNotification]:
        return [held for _, held in sorted(self._scheduled.items()) if held.at <= by][:limit]

    def settle(self, held: Sequence[HeldNotification]) -> None:
        for each in held:
            self._scheduled.pop(_sort(each), None)


def _sort(held: HeldNotification) -> str:
    return ids.derived(held.at, "notification", held.id)


def _as_kept(held: HeldNotification) -> HeldNotification:
    return HeldNotification(held.id, ids.time_of(_sort(held)), held.text, held.depth)
