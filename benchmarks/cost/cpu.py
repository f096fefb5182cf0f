"""The CPU of the handlers, with an engine and a receiver on loopback, each in a process of its own."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks import machine
from benchmarks.cost import content, deployment, logged, scenario
from benchmarks.cost.scenario import Scenario, Way
from benchmarks.cost.usage import Usage
from benchmarks.figures import Spread
from benchmarks.receiver import running_receiver
from testbed.engines import processes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.cost.deployment import Deployment

FUNCTIONS: Final = ("APIHandler", "Notify", "Deliver")


class CpuOf(NamedTuple):
    """CPU in ms per message, by function, for one fan-out."""

    spreads: dict[str, Spread]

    @property
    def medians(self) -> dict[str, float]:
        """The medians. The slow lane does the same as the fast one."""
        found = {name: spread.median for name, spread in self.spreads.items()}
        return found | {"DeliverSlow": found["Deliver"]}


def per_message(fan_out: int, *, rounds: int, notifications: int) -> CpuOf:
    """The spreads over rounds, after a warm-up round."""
    with (
        processes.ministack(Path(tempfile.mkdtemp())) as engine,
        running_receiver(content.answer(200, 1)) as receiver,
        pinned(),
        deployment.deployed(engine) as made,
    ):
        url = f"{receiver.url}/0/200/hooks/{{number}}"
        found = [
            _round(made, number, notifications, Scenario(way=Way.HTTPS, fan_out=fan_out), url)
            for number in range(rounds + 1)
        ]
    return CpuOf({name: Spread.of([each[name] for each in found[1:]]) for name in FUNCTIONS})


@contextmanager
def pinned() -> Iterator[None]:
    """Keep this process on the cores of the measured process, until the end."""
    before = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    machine.pin(machine.sides().measured)
    try:
        yield
    finally:
        machine.pin(frozenset(before))


def _round(made: Deployment, number: int, notifications: int, case: Scenario, url: str) -> dict[str, float]:
    """Send notifications of the default profile through HTTPS, and deliver them to the receiver."""
    if number == 0:
        scenario.create_webhooks(made, case, url)
        deployment.add_admin(made)
    made.calls.clear()
    with logged.counted(Usage()):
        scenario.send(made, case, notifications)
        while scenario.process_batch(made, case.profile):
            pass
    return {name: _mean(made, name) for name in FUNCTIONS}


def _mean(made: Deployment, function: str) -> float:
    """Over all calls of a function, on both lanes: after a slow response the rest uses the slow lane."""
    calls = [each for each in made.calls if each.function.removesuffix("Slow") == function]
    return sum(each.cpu_ms for each in calls) / sum(each.messages for each in calls)
