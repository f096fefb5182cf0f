"""Time that passes by events alone: whoever waits is set aside, and the next one to be woken goes on."""

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
    """The clock of a simulation and all that waits for it; what is due at one moment goes on in the order of its asking."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self._hub = greenlet.getcurrent()
        self._numbers = count()
        self._waiting: list[tuple[float, int, Callable[[], object]]] = []

    def now(self) -> datetime:
        """The moment, as the service sees it."""
        return BEGAN_AT + timedelta(seconds=self.now_s)

    def sleep(self, seconds: float) -> None:
        """Set the caller, which is no hub, aside for so long."""
        self.sleep_until(self.now_s + seconds)

    def sleep_until(self, at_s: float) -> None:
        """Set the caller aside until then; a moment that is past is now."""
        self.at(at_s, partial(_wake, greenlet.getcurrent()))
        self._hub.switch()

    def at(self, at_s: float, call: Callable[[], object]) -> None:
        """Make a call at a moment."""
        heapq.heappush(self._waiting, (max(at_s, self.now_s), next(self._numbers), call))

    def run(self, until_s: float = float("inf")) -> None:
        """Let happen what is due until then, or until nothing is left to happen."""
        while self._waiting and self._waiting[0][0] <= until_s:
            self.now_s, _, call = heapq.heappop(self._waiting)
            call()


def _wake(sleeper: greenlet.greenlet) -> None:
    """One that was killed in its sleep stays where it is."""
    if not getattr(sleeper, "is_killed", False):
        sleeper.switch()
