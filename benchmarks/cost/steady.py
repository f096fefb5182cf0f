"""A clock and an entropy source that are the same in every run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

NOON: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)


class SteadyEntropy:
    """Bytes that are different in each call, and the same in every run."""

    def __init__(self) -> None:
        self._taken = 0

    def take(self, count: int) -> bytes:
        """Return `count` bytes."""
        self._taken += 1
        return self._taken.to_bytes(8, "little").ljust(count, b"\x2a")[:count]


class StoppedClock:
    """A clock that is stopped until it is set."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        """The time that was set."""
        return self.at

    def sleep(self, seconds: float) -> None:
        """Advance the clock."""
        self.at += timedelta(seconds=seconds)
