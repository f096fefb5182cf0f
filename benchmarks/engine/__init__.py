"""The local engine, end to end through `make run`, and its isolation of healthy receivers from others."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.figures import Findings

_ROUNDS = 3


def measure(*, is_quick: bool) -> Findings:
    """Measure throughput, latency, memory and start-up."""
    from benchmarks.engine import flow, starting  # noqa: PLC0415 - they load the service's clients
    from benchmarks.engine.running import running  # noqa: PLC0415
    from benchmarks.figures import Findings  # noqa: PLC0415
    from benchmarks.receiver import running_receiver  # noqa: PLC0415

    with TemporaryDirectory() as folder:
        with running_receiver() as receivers, running(Path(folder)) as service:
            figures = flow.measure(service, receivers, flow.QUICK if is_quick else flow.FULL)
        figures += starting.measure(Path(folder), 1 if is_quick else _ROUNDS)
    return Findings(figures=figures, notes=_NOTES)


_NOTES = [
    "All of it shares the cores: the engine, the API, the workers, the sender and the receiver. Nothing is pinned.",
    "The bare pass is what one client needs to send a message, receive it and delete it, in tens, on the same engine.",
]
