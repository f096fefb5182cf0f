"""Counters in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.errors import Unavailable

if TYPE_CHECKING:
    from datetime import datetime


class FakeCounters:
    """Adds to counters. `writes` counts the calls; while it `is_down`, it refuses."""

    def __init__(self) -> None:
        self._totals: dict[str, int] = {}
        self.writes = 0
        self.is_down = False

    def add(self, name: str, amount: int, keep_until: datetime) -> int:  # noqa: ARG002 - the port's
        if self.is_down:
            message = "AWS refused UpdateItem."
            raise Unavailable(message)
        self.writes += 1
        self._totals[name] = self._totals.get(name, 0) + amount
        return self._totals[name]
