"""Time and randomness that are the same in every run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

NOON: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)


class SteadyEntropy:
    """Bytes that no call before had, and that are the same in every run."""

    def __init__(self) -> None:
        self._taken = 0

    def take(self, count: int) -> bytes:
        """So many."""
        self._taken += 1
        return self._taken.to_bytes(8, "little").ljust(count, b"\x2a")[:count]


class StoppedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        """The time."""
        return self.at

    def sleep(self, seconds: float) -> None:
        """Let so much time pass."""
        self.at += timedelta(seconds=seconds)
