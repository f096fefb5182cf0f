"""Notifications that are kept, and those that are held back, in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain import ids

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.services.ports import Clock, HeldNotification

_ALMOST_A_MILLISECOND = timedelta(microseconds=999)


class FakeNotificationStore:
    """Keeps each under its sort key, as the table does."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[HeldNotification, datetime]] = {}
        self._scheduled: dict[str, HeldNotification] = {}

    def keep(self, held: Sequence[HeldNotification], days: int) -> None:
        expires_at = self._clock.now() + timedelta(days=days)
        self._kept |= {_sort(each, each.producer, each.id): (_as_kept(each), expires_at) for each in held}

    def kept(
        self, since: datetime, until: datetime, after: str | None, limit: int
    ) -> tuple[list[HeldNotification], str | None]:
        begin = after or ids.floor_at(since + _ALMOST_A_MILLISECOND)
        end = ids.floor_at(until + _ALMOST_A_MILLISECOND)
        alive = {sort: held for sort, (held, expires_at) in self._kept.items() if expires_at > self._clock.now()}
        found = sorted(sort for sort in alive if begin < sort < end)[:limit]
        return [alive[sort] for sort in found], found[-1] if len(found) == limit else None

    def schedule(self, held: HeldNotification) -> None:
        self._scheduled[_scheduled(held)] = _as_kept(held)

    def due(self, by: datetime, limit: int) -> list[HeldNotification]:
        return [held for _, held in sorted(self._scheduled.items()) if held.at <= by][:limit]

    def settle(self, held: Sequence[HeldNotification]) -> None:
        for each in held:
            self._scheduled.pop(_scheduled(each), None)


def _sort(held: HeldNotification, *parts: str) -> str:
    return ids.derived(held.at, "notification", *parts)


def _scheduled(held: HeldNotification) -> str:
    return _sort(held, held.producer, held.id, held.text)


def _as_kept(held: HeldNotification) -> HeldNotification:
    return replace(held, at=ids.at_milliseconds(ids.milliseconds(held.at)))
