"""The machine's limit: wrk, which only sends requests, to the same receivers from the same core."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from typing import TYPE_CHECKING, Final

from benchmarks import machine
from benchmarks.figures import Figure, Spread

if TYPE_CHECKING:
    from benchmarks.delivery.stub_servers import StubServers

_POST: Final = 'wrk.method = "POST"\nwrk.body = string.rep("x", 1200)\nwrk.headers["Content-Type"] = "application/json"\n'


def figures(servers: StubServers, *, is_quick: bool) -> list[Figure]:
    """Requests a second of wrk; no figures if it is not installed."""
    if shutil.which("wrk") is None:
        return []
    seconds = 1 if is_quick else 5
    found = {scheme: [_requests_per_s(servers, scheme, seconds) for _ in range(1 if is_quick else 3)] for scheme in _SCHEMES}
    return [
        Figure(
            what=f"the machine: wrk over {scheme.upper()} kept alive, 64 connections",
            steady=Spread.of(rates).median / Spread.of(found["http"]).median,
            of="times its HTTP rate",
            absolute=Spread.of(rates),
            unit="requests a second, against these receivers",
        )
        for scheme, rates in found.items()
    ]


_SCHEMES: Final = ("http", "https")


def _requests_per_s(servers: StubServers, scheme: str, seconds: int) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_POST)
        script.flush()
        url = f"{scheme}://127.0.0.1:{servers.ports[scheme]}/0"
        command = ["wrk", "-t1", "-c64", f"-d{seconds}s", "-s", script.name, url]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:  # noqa: S603 - ours
            machine.pin(machine.sides().measured, child.pid)
            said, _ = child.communicate()
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if found is None:
        raise RuntimeError(said)
    return float(found[1])
