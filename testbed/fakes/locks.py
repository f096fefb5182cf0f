"""Locks in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class FakeLocks:
    """Keeps the holder of each name, and until when they hold it."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[str, datetime]] = {}

    def take(self, name: str, holder: str, *, now: datetime, until: datetime) -> str:
        there, there_until = self.held.get(name, (holder, now))
        if there != holder and there_until > now:
            return there
        self.held[name] = (holder, until)
        return holder

    def release(self, name: str, holder: str) -> None:
        if name in self.held and self.held[name][0] == holder:
            del self.held[name]
