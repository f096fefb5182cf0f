"""What slow and failing receivers cost the healthy ones, through `make run`.

Sixty webhooks, each for a notification type of its own, so that each notification is one delivery. Forty answer at once, ten
take three seconds, and ten answer 500. Each load is compared with the same load while all are healthy. A load above the
machine's capacity would measure only its queues, so the load is limited to a share of the capacity.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from benchmarks.engine import isolation_figures, sending
from benchmarks.engine.flow import Flow
from benchmarks.engine.isolation_figures import Load, Ran, Taken
from benchmarks.engine.running import running
from benchmarks.figures import Figure, Findings, Plot
from benchmarks.receiver import running_receiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.engine.running import Running
    from benchmarks.receiver import Receiver

WEBHOOKS: Final = {"healthy": 40, "slow": 10, "failing": 10}
_OUTAGE: Final = {"healthy": "0/200", "slow": "3000/200", "failing": "0/500"}
_HEALTHY: Final = "0/200"
_TURNS: Final = {
    10: ("slow", "healthy", "healthy", "healthy", "healthy", "failing", "healthy", "healthy", "healthy", "healthy"),
    50: ("slow", "healthy", "slow", "healthy", "slow", "failing", "slow", "healthy", "slow", "healthy"),
}
"""The kinds of webhooks of ten successive notifications, by the percentage that slow webhooks get."""
_FIRST_S: Final = 10
_CARRIED_SHARE: Final = 0.5
"""The share of the throughput at saturation. Above it, queues grow."""
_PATIENCE_S: Final = 30
_WARM_UP: Final = range(1_000_000, 1_000_060)


LOADS: Final = (Load(10, 10), Load(50, 50), Load(200, 50))


@dataclass(frozen=True, kw_only=True)
class Size:
    """The loads, their duration and rounds, and how many notifications measure the capacity."""

    loads: tuple[Load, ...]
    seconds: int
    first_s: int
    rounds: int
    at_once: int


FULL: Final = Size(loads=LOADS, seconds=30, first_s=_FIRST_S, rounds=2, at_once=600)
QUICK: Final = Size(loads=LOADS[:1], seconds=4, first_s=2, rounds=1, at_once=30)


def measure(*, is_quick: bool) -> Findings:
    """Measure each load, with a plot of each, and a note on loads above the capacity."""
    size = QUICK if is_quick else FULL
    carried_per_s = _carried_per_s(size)
    figures: list[Figure] = []
    plots: list[Plot] = []
    for load in dict.fromkeys(_bounded(each, carried_per_s) for each in size.loads):
        outage = [_ran(load, size, has_outage=True) for _ in range(size.rounds)]
        healthy = [_ran(load, size, has_outage=False) for _ in range(size.rounds)]
        figures += isolation_figures.figures(load, (size.first_s, size.seconds), outage, healthy)
        plots.append(isolation_figures.plot(load, outage[-1], healthy[-1]))
    return Findings(figures=figures, plots=plots, notes=list(_notes(size, carried_per_s)))


def _bounded(load: Load, carried_per_s: float) -> Load:
    return load._replace(per_s=min(load.per_s, float(f"{carried_per_s * _CARRIED_SHARE:.1g}")))


def _notes(size: Size, carried_per_s: float) -> Iterator[str]:
    yield "Through make run: each load is compared with the same load while all receivers are healthy."
    yield f"More than {sending.REQUESTS_PER_S_MAX} notifications a second are sent several to a request."
    for each in size.loads:
        if (bounded := _bounded(each, carried_per_s)) != each:
            yield (
                f"{each.per_s:g} notifications a second are more than this machine carries ({carried_per_s:.0f} at "
                f"saturation, all receivers well): measured at {bounded.per_s:g}."
            )


def _carried_per_s(size: Size) -> float:
    """Deliveries a second at saturation."""
    with TemporaryDirectory() as folder, running_receiver() as receivers, running(Path(folder)) as service:
        return Flow(service, receivers).per_s(size.at_once)


def _ran(load: Load, size: Size, *, has_outage: bool) -> Ran:
    """Run a load on a new service."""
    with TemporaryDirectory() as folder, running_receiver() as receivers, running(Path(folder)) as service:
        _register(service, receivers, has_outage=has_outage)
        types = list(_types(load, int(load.per_s * size.seconds)))
        _warm_up(service, receivers)
        queue_url = service.run["notifications_queue_url"]
        sent = sending.at_rate(service.sqs(), queue_url, range(len(types)), types.__getitem__, load.per_s)
        due = {number for number, each in enumerate(types) if not each.startswith("failing")}
        received = receivers.wait_for(due, _PATIENCE_S)
    began_s = sent[0]
    healthy = [number for number in sorted(due & received.keys()) if types[number].startswith("healthy")]
    return Ran([Taken(sent[each] - began_s, received[each] - sent[each]) for each in healthy], len(due - received.keys()))


def _register(service: Running, receivers: Receiver, *, has_outage: bool) -> None:
    for kind, amount in WEBHOOKS.items():
        for number in range(amount):
            service.listen(f"{receivers.url}/{_OUTAGE[kind] if has_outage else _HEALTHY}/{kind}{number}", f"{kind}{number}")


def _types(load: Load, amount: int) -> Iterator[str]:
    """The notifications' types: the kinds in rotation, and the webhooks of a kind in rotation."""
    used = dict.fromkeys(WEBHOOKS, 0)
    turns = _TURNS[load.slow_percent]
    for number in range(amount):
        kind = turns[number % len(turns)]
        yield f"{kind}{used[kind] % WEBHOOKS[kind]}"
        used[kind] += 1


def _warm_up(service: Running, receivers: Receiver) -> None:
    """Send a few notifications to the healthy webhooks, with numbers that are not measured."""
    sending.at_rate(
        service.sqs(),
        service.run["notifications_queue_url"],
        _WARM_UP,
        lambda number: f"healthy{number % WEBHOOKS['healthy']}",
        sending.REQUESTS_PER_S_MAX,
    )
    receivers.wait_for(set(_WARM_UP), _PATIENCE_S)
