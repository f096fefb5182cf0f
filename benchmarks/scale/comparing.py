"""Compares the same action on a small and on a large deployment."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.figures import Figure, Spread
from benchmarks.scale.capacity import consumed
from benchmarks.scale.steps import LOOSE, measured

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable

    from benchmarks.scale.deployment import Deployment


class Action(NamedTuple):
    """An action, and its preparation, which is not measured."""

    deployment: Deployment
    do: Callable[[], object]
    prepare: Callable[[], object] = lambda: None


class Side(NamedTuple):
    """The measurements of one deployment: all times in milliseconds, and the requests and capacity of one action."""

    times_ms: list[float]
    requests: Counter[str]
    units: float


class Compared(NamedTuple):
    """The measurements of both, as ratios of the large to the small one."""

    small: Side
    large: Side

    def requests(self, what: str) -> Figure:
        """Requests to AWS."""
        small, large = self.small.requests.total(), self.large.requests.total()
        return _counts(f"Requests: {what}", small, large, "requests", 1)

    def capacity(self, what: str, at_most: float = 1) -> Figure:
        """Capacity of the tables."""
        return _counts(f"Capacity: {what}", self.small.units, self.large.units, "units", at_most)

    def time(self, what: str) -> Figure:
        """The time."""
        return Figure(
            what=f"Time: {what}",
            steady=median(self.large.times_ms) / median(self.small.times_ms),
            of="times",
            absolute=Spread.of(self.large.times_ms),
            unit="ms",
            steady_at_most=LOOSE,
        )


def compare(small: Action, large: Action, repeats: int) -> Compared:
    """Run both, once to warm up and once to count, then `repeats` times alternately."""
    counted = [_counted(each) for each in (small, large)]
    times_ms: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeats):
        for taken, action in zip(times_ms, (small, large), strict=True):
            action.prepare()
            taken.append(1_000 * measured(action.deployment, action.do).seconds)
    return Compared(*(Side(taken, *each) for taken, each in zip(times_ms, counted, strict=True)))


def _counted(action: Action) -> tuple[Counter[str], float]:
    for _ in range(2):
        action.prepare()
        with consumed(action.deployment.tables.client) as capacity:
            requests = measured(action.deployment, action.do).requests
    return requests, capacity.units


def _counts(what: str, small: float, large: float, unit: str, at_most: float) -> Figure:
    return Figure(
        what=what, steady=large / small, of="times", absolute=Spread.of([large]), unit=unit, steady_at_most=at_most
    )
