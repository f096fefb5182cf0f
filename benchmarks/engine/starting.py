"""The time of a start, until the API answers."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from benchmarks.engine.running import ROOT, running
from benchmarks.figures import Figure, Spread

if TYPE_CHECKING:
    from collections.abc import Callable

READY_S_AT_MOST: Final = 5
_CLIENT: Final = "from local import environment; environment.sqs('http://127.0.0.1:9')"


def measure(kept: Path, rounds: int) -> list[Figure]:
    """Measure first starts, and starts with the data of an earlier run."""
    client_s = Spread.of([_client_s() for _ in range(rounds)]).median
    return [
        _figure("start to the first answer, no data yet", [_first_s() for _ in range(rounds)], client_s),
        _figure("start to the first answer, data kept", [_again_s(kept) for _ in range(rounds)], client_s),
    ]


def _figure(what: str, took_s: list[float], client_s: float) -> Figure:
    return Figure(
        what=what,
        steady=Spread.of(took_s).median / client_s,
        of="times a process with one client",
        absolute=Spread.of(took_s),
        unit="s",
        absolute_at_most=READY_S_AT_MOST,
    )


def _client_s() -> float:
    """The time of a program that imports boto3 and creates one client."""
    return _timed(lambda: subprocess.run([sys.executable, "-c", _CLIENT], cwd=ROOT, check=True))  # noqa: S603 - ours


def _first_s() -> float:
    with TemporaryDirectory() as folder:
        return _again_s(Path(folder))


def _again_s(data: Path) -> float:
    with running(data) as service:
        return service.answered_after_s


def _timed(act: Callable[[], object]) -> float:
    began_s = time.monotonic()
    act()
    return time.monotonic() - began_s
