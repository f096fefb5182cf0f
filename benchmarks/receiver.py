"""The receiver of a benchmark, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from local.parent_exit import exit_with_parent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.domain.delivery.attempt import Response

_LOOK_S = 0.5


class Arrival(NamedTuple):
    """One request that arrived."""

    number: int
    at_s: float
    path: str


class Receiver:
    """The URL to send to, and the requests that arrived."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def arrivals(self) -> list[Arrival]:
        """All requests since the start, in order."""
        with urllib.request.urlopen(self.url + "/", timeout=30) as answer:  # noqa: S310 - our own receiver
            lines = answer.read().decode().splitlines()
        return [Arrival(int(number), float(at_s), path) for number, at_s, path in (line.split(" ") for line in lines)]

    def first_s(self) -> dict[int, float]:
        """When each number arrived for the first time."""
        found: dict[int, float] = {}
        for each in self.arrivals():
            found.setdefault(each.number, each.at_s)
        return found

    def wait_for(self, numbers: set[int], patience_s: float) -> dict[int, float]:
        """Return `first_s` when all numbers have arrived, or when nothing new has arrived for `patience_s`."""
        found, changed_s = self.first_s(), time.monotonic()
        while not numbers <= found.keys() and time.monotonic() - changed_s < patience_s:
            time.sleep(_LOOK_S)
            before, found = found, self.first_s()
            if len(found) > len(before):
                changed_s = time.monotonic()
        return found


@contextmanager
def running_receiver(answer: Response | None = None) -> Iterator[Receiver]:
    """Run a receiver whose answers have the headers and the body of `answer`, or none."""
    headers, body = ({}, "") if answer is None else (dict(answer.headers), answer.body.decode())
    process = subprocess.Popen(  # noqa: S603 - the command is ours
        [sys.executable, "-m", "benchmarks.receiver_process", json.dumps({"headers": headers, "body": body})],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=exit_with_parent,  # noqa: PLW1509 - it is one call of the kernel
    )
    try:
        assert process.stdout is not None  # noqa: S101 - for the type checker: it is a pipe
        yield Receiver(int(process.stdout.readline()))
    finally:
        process.kill()
        process.communicate()
