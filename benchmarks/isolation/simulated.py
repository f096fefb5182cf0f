"""Isolation in a simulated account: the latency of healthy webhooks, with and without an outage of others."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.figures import Figure, Findings, Plot, Point, Spread
from benchmarks.isolation.load import ACTED_S, Latencies, Load, Outcome, outcome
from testbed.account.lambdas import COLD, WARM
from testbed.account.receivers import Behaviour

if TYPE_CHECKING:
    from collections.abc import Iterator

    from testbed.account.lambdas import Setting

FIRST_AT_MOST: Final = 2.0
AFTER_AT_MOST: Final = 1.2
_OUTAGE_S: Final = 60.0
_BUSIEST: Final = 200


_NOTES: Final = (
    (
        "Virtual time: the service's own handlers on simulated queues (fair, as AWS documents them), functions and"
        " receivers. testbed/account/costs.py has the time of each call. Receivers fail for a minute,"
        " after ten healthy seconds."
    ),
    (
        '"3 s and 500": of 60 webhooks ten take 3 s (10 % of the notifications at 10/s, 50 % above) and ten answer 500'
        ' (10 %). "silent": of 100 webhooks ten (10 %) never answer. "all well": the same notifications, all healthy.'
    ),
    (
        "Figures are only of the healthy webhooks, from a notification on the queue to the request at the receiver. Every"
        " notification ended in the record of a success, for failing webhooks after they had recovered: nothing was lost."
    ),
    (
        '"warm": as many functions at once as the parameters allow, all started. "from cold": five batches at once when'
        " the load begins, 300 more a minute while messages wait, 0.4 s more for each new environment."
    ),
    (
        "Other services at 200/s, healthy p99 with the same failing receivers: WebhookX from 22 ms to 9.1-9.5 s, Outpost to"
        " 9.3-11.6 s, Convoy to 45 s, for as long as receivers fail: each has one worker pool."
    ),
)


class Pair(NamedTuple):
    """A load with an outage, and the same one without."""

    setting: Setting
    outage: Outcome
    healthy: Outcome

    @property
    def name(self) -> str:
        """The load and the setting, in a few words."""
        return f"{self.outage.load.name}, {self.setting.name}"


def measure(*, is_quick: bool) -> Findings:
    """Run all loads, each twice; the busiest ones also from cold."""
    with _quiet():
        pairs = [_pair(load, setting) for load, setting in _runs(is_quick=is_quick)]
    return Findings(
        figures=[figure for pair in pairs for figure in _figures(pair)],
        plots=[_over_time(pairs), _by_load(pairs)],
        notes=_notes(pairs),
    )


def three_seconds_and_500(rate_per_s: float, slow_share: float, outage_s: float) -> Load:
    """Of 60 webhooks ten take three seconds, and ten answer 500."""
    return Load(
        f"{rate_per_s:g}/s, 3 s and 500",
        {Behaviour.HEALTHY: 40, Behaviour.SLOW: 10, Behaviour.FAILING: 10},
        {Behaviour.SLOW: slow_share, Behaviour.FAILING: 0.1},
        rate_per_s,
        outage_s,
    )


def silent(rate_per_s: float, outage_s: float) -> Load:
    """Of 100 webhooks ten never answer."""
    webhooks = {Behaviour.HEALTHY: 90, Behaviour.SILENT: 10}
    return Load(f"{rate_per_s:g}/s, silent", webhooks, {Behaviour.SILENT: 0.1}, rate_per_s, outage_s)


def _runs(*, is_quick: bool) -> Iterator[tuple[Load, Setting]]:
    outage_s = ACTED_S + 2 if is_quick else _OUTAGE_S
    for rate_per_s, slow_share in ((10, 0.1),) if is_quick else ((10, 0.1), (50, 0.5), (_BUSIEST, 0.5)):
        loads = [three_seconds_and_500(rate_per_s, slow_share, outage_s), silent(rate_per_s, outage_s)]
        for setting in (WARM, COLD) if is_quick or rate_per_s == _BUSIEST else (WARM,):
            yield from ((load, setting) for load in loads)


def _pair(load: Load, setting: Setting) -> Pair:
    return Pair(setting, outcome(load, setting), outcome(load.without_outage(), setting))


def _figures(pair: Pair) -> Iterator[Figure]:
    outage, healthy = pair.outage, pair.healthy
    yield from _latencies(f"{pair.name}: first ten seconds", outage.first, healthy.first, FIRST_AT_MOST)
    yield from _latencies(f"{pair.name}: after them", outage.after, healthy.after, AFTER_AT_MOST)
    ran_s, waited_s = outage.fast.ran_s + outage.slow.ran_s, outage.fast.waited_s + outage.slow.waited_s
    yield Figure(
        what=f"{pair.name}: compute that waits",
        steady=waited_s / ran_s,
        of="of all that delivers",
        absolute=_one(outage.fast.gb_s + outage.slow.gb_s),
        unit=f"GB-s ({healthy.fast.gb_s + healthy.slow.gb_s:,.0f} all well)",
    )


def _latencies(what: str, outage: Latencies, healthy: Latencies, at_most: float) -> Iterator[Figure]:
    for name, with_outage, without, aim in (
        ("p50", outage.p50, healthy.p50, None),
        ("p99", outage.p99, healthy.p99, at_most),
    ):
        yield Figure(
            what=f"{what}, {name}",
            steady=with_outage / without,
            of="times all well",
            absolute=_one(with_outage),
            unit=f"ms ({without:,.0f} all well)",
            steady_at_most=aim,
        )


def _one(value: float) -> Spread:
    """Virtual time is reproducible: every run gives the same."""
    return Spread(value, value, value)


def _over_time(pairs: list[Pair]) -> Plot:
    """The busiest load with slow webhooks, in each setting. The silent ones look the same."""
    rate_per_s = max(each.outage.load.rate_per_s for each in pairs)
    load = next(pair.outage.load.name for pair in pairs if pair.outage.load.rate_per_s == rate_per_s)
    busiest = [pair for pair in pairs if pair.outage.load.name == load]
    lines = {
        f"{pair.name}{'' if outcome_.load.has_outage else ', all well'}": [Point(*each) for each in outcome_.p99_by_second()]
        for pair in busiest
        for outcome_ in (pair.outage, pair.healthy)
    }
    return Plot(
        name="isolation-over-time",
        title="p99 of healthy webhooks in each second, with and without an outage of others",
        x="seconds since ten webhooks of each kind became slow or failing",
        y="p99 from notification to receipt, ms",
        lines=lines,
        is_log_y=True,
    )


def _by_load(pairs: list[Pair]) -> Plot:
    def bars(values: list[float]) -> list[Point]:
        return [Point(number, value) for number, value in enumerate(values)]

    return Plot(
        name="isolation-by-load",
        title="p99 of healthy webhooks by load",
        x="",
        y="p99 from notification to receipt, ms",
        lines={
            "all healthy": bars([pair.healthy.after.p99 for pair in pairs]),
            "outage of others, first ten seconds": bars([pair.outage.first.p99 for pair in pairs]),
            "outage of others, after them": bars([pair.outage.after.p99 for pair in pairs]),
        },
        bars=tuple(pair.name for pair in pairs),
        is_log_y=True,
    )


def _notes(pairs: list[Pair]) -> list[str]:
    most = max((pair for pair in pairs if pair.setting is WARM), key=lambda pair: pair.outage.fast.at_once)
    at_once = (
        f"At once on the fast lane: {most.outage.fast.at_once} functions at {most.name}, {most.healthy.fast.at_once} all"
        " well. A webhook is marked as slow SLOW_AFTER_S (1 s) after its first attempt starts. Until then each attempt"
        " occupies a function, and healthy webhooks wait only if no function is free."
    )
    return [*_NOTES, at_once]


@contextmanager
def _quiet() -> Iterator[None]:
    """Disable logging: there would be a line for each of hundreds of thousands of attempts."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
