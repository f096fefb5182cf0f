"""Virtual time: it passes only from event to event. Who waits is suspended, and the next one in time continues."""

from __future__ import annotations

import heapq
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Final

import greenlet

if TYPE_CHECKING:
    from collections.abc import Callable

BEGAN_AT: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)


class VirtualTime:
    """The clock of a simulation, and everything that waits for it.

    Events of the same time run in the order of their calls.
    """

    def __init__(self) -> None:
        self.now_s = 0.0
        self._hub = greenlet.getcurrent()
        self._numbers = count()
        self._waiting: list[tuple[float, int, Callable[[], object]]] = []

    def now(self) -> datetime:
        """The time, as the service sees it."""
        return BEGAN_AT + timedelta(seconds=self.now_s)

    def sleep(self, seconds: float) -> None:
        """Suspend the caller, which is not the hub."""
        self.sleep_until(self.now_s + seconds)

    def sleep_until(self, at_s: float) -> None:
        """Suspend the caller until then. A past time is now."""
        self.at(at_s, partial(_wake, greenlet.getcurrent()))
        self._hub.switch()

    def at(self, at_s: float, call: Callable[[], object]) -> None:
        """Schedule a call."""
        heapq.heappush(self._waiting, (max(at_s, self.now_s), next(self._numbers), call))

    def run(self, until_s: float = float("inf")) -> None:
        """Run all events until then, or until there are no more."""
        while self._waiting and self._waiting[0][0] <= until_s:
            self.now_s, _, call = heapq.heappop(self._waiting)
            call()


def _wake(sleeper: greenlet.greenlet) -> None:
    """Continue a suspended call, unless it was killed meanwhile."""
    if not getattr(sleeper, "is_killed", False):
        sleeper.switch()
