"""The figures and the plot of isolation through `make run`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.engine.percentiles import MS_PER_S, p50, p99
from benchmarks.figures import Figure, Plot, Point, Spread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FIRST_AT_MOST: Final = 2.0
_AFTER_AT_MOST: Final = 1.2


class Load(NamedTuple):
    """Notifications a second, and the percentage for slow webhooks. Failing webhooks get 10 %."""

    per_s: float
    slow_percent: int

    @property
    def name(self) -> str:
        """Its name in figures."""
        return f"{self.per_s:.3g}/s, {self.slow_percent} % to slow"


class Taken(NamedTuple):
    """One notification to a healthy webhook: when it was sent, since the load's start, and how long it took."""

    sent_s: float
    took_s: float


class Ran(NamedTuple):
    """The result of one load. `lost` counts notifications to healthy and slow webhooks that never arrived."""

    healthy: list[Taken]
    lost: int


def figures(load: Load, spans_s: tuple[int, int], outage: Sequence[Ran], healthy: Sequence[Ran]) -> Iterator[Figure]:
    """The latencies of the healthy webhooks in the first seconds and after them, and the lost notifications.

    `spans_s` is how long the first seconds last, and how long the load lasts.
    """
    first_s, seconds = spans_s
    first, after = range(first_s), range(first_s, seconds)
    for when, during, at_most in ((f"first {first_s} s", first, _FIRST_AT_MOST), ("then", after, _AFTER_AT_MOST)):
        for name, of in (("p50", p50), ("p99", p99)):
            took = Spread.of([of(_took_ms(each, during)) for each in outage])
            yield Figure(
                what=f"healthy {name}, {load.name}, {when}",
                steady=took.median / Spread.of([of(_took_ms(each, during)) for each in healthy]).median,
                of="times the same, all well",
                absolute=took,
                unit="ms",
                steady_at_most=at_most if name == "p99" else None,
            )
    yield Figure(
        what=f"lost to healthy and slow ones, {load.name}",
        steady=sum(each.lost for each in (*outage, *healthy)),
        of="notifications",
        steady_at_most=0,
    )


def _took_ms(ran: Ran, during: range) -> list[float]:
    return [each.took_s * MS_PER_S for each in ran.healthy if during.start <= each.sent_s < during.stop]


def plot(load: Load, outage: Ran, healthy: Ran) -> Plot:
    """The slowest delivery of each second, with and without slow and failing receivers."""
    return Plot(
        name=f"engine-isolation-{load.per_s:g}",
        title=f"Healthy webhooks through make run, {load.name}, 10 % failing",
        x="second of the load",
        y="slowest of the second, ms",
        lines={"twenty are slow or failing": _by_second(outage), "all are healthy": _by_second(healthy)},
        is_log_y=True,
    )


def _by_second(ran: Ran) -> list[Point]:
    slowest: dict[int, float] = {}
    for each in ran.healthy:
        slowest[int(each.sent_s)] = max(slowest.get(int(each.sent_s), 0.0), each.took_s * MS_PER_S)
    return [Point(second, slowest[second]) for second in sorted(slowest)]
