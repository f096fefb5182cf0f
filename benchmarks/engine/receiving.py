"""The receiver's process, as a benchmark sees it."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from local.lifeline import end_with_parent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LOOK_S = 0.5


class Arrival(NamedTuple):
    """One request that came in."""

    number: int
    at_s: float
    path: str


class Receiving:
    """Where requests are sent, and what of them came in."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def arrivals(self) -> list[Arrival]:
        """All requests since the start, in their order."""
        with urllib.request.urlopen(self.url + "/", timeout=30) as answer:  # noqa: S310 - our own receiver
            lines = answer.read().decode().splitlines()
        return [Arrival(int(number), float(at_s), path) for number, at_s, path in (line.split(" ") for line in lines)]

    def first_s(self) -> dict[int, float]:
        """When each number came in for the first time."""
        found: dict[int, float] = {}
        for each in self.arrivals():
            found.setdefault(each.number, each.at_s)
        return found

    def wait_for(self, numbers: set[int], patience_s: float) -> dict[int, float]:
        """`first_s`, as soon as all of the numbers have come in, or nothing new has for so long."""
        found, changed_s = self.first_s(), time.monotonic()
        while not numbers <= found.keys() and time.monotonic() - changed_s < patience_s:
            time.sleep(_LOOK_S)
            before, found = found, self.first_s()
            if len(found) > len(before):
                changed_s = time.monotonic()
        return found


@contextmanager
def receiving(began: Callable[[int], None] | None = None) -> Iterator[Receiving]:
    """A receiver while it is entered; `began` is told the process's id."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.engine.receiver"],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=end_with_parent,  # noqa: PLW1509 - it is one call of the kernel
    )
    try:
        if began is not None:
            began(process.pid)
        assert process.stdout is not None  # noqa: S101 - it was asked for
        yield Receiving(int(process.stdout.readline()))
    finally:
        process.kill()
        process.communicate()
