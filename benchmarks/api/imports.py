"""The CPU of a cold start, from the package as deployed: INIT, and the first INVOKE after it.

    python -m benchmarks.api [--package build/package/deployment.zip] [--processes 15]

Each figure is a median over new processes that have only the package and the standard library. INIT is the import of the
handler's module, in the environment that Lambda sets. INVOKE is the handler's first event, which an AWS on loopback answers
(`testbed.cold_starts`), without TLS. INIT has a full core in Lambda, INVOKE has memory / 1,769 MB.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zipfile import ZipFile

from benchmarks.figures import Spread
from infra import package
from infra.artifact import target
from testbed import cold_starts
from testbed.cold_starts import HANDLERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from testbed.cold_starts import Aws

AIMS_MS: Final = {"Deliver": 250, "APIHandler": 400}
"""For INIT, with the AWS clients."""

_PROGRAM: Final = """
import importlib, json, os, sys, time, types
sys.path.insert(0, sys.argv[1])
event = json.load(sys.stdin)
context = types.SimpleNamespace(function_name="benchmark", aws_request_id="1", get_remaining_time_in_millis=lambda: 29_000)
module, _, name = os.environ["_HANDLER"].rpartition(".")
start = time.process_time()
handler = getattr(importlib.import_module(module), name)
made = time.process_time()
answer = handler(event, context)
done = time.process_time()
problem = answer.get("batchItemFailures") or answer.get("statusCode", 200) != 200
print(json.dumps({"init": 1000 * (made - start), "invoke": 1000 * (done - made), "problem": answer if problem else None}))
"""


class Cold(NamedTuple):
    """A function's cold start, in ms of CPU."""

    init: Spread
    invoke: Spread


def measured(tree: Path, name: str, processes: int) -> Cold:
    """The spreads over new processes, after one that loads the files into memory."""
    with cold_starts.aws() as aws:
        found = [_run(tree, name, aws) for _ in range(processes + 1)][1:]
    return Cold(Spread.of([each["init"] for each in found]), Spread.of([each["invoke"] for each in found]))


@contextmanager
def unpacked(made: Path | None = None) -> Iterator[Path]:
    """The content of a package for this machine. Without `made`, a package is made."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if made is None:
            package.package(target.here(), "dev", folder / "out")
            made = folder / "out" / "deployment.zip"
        with ZipFile(made) as archive:
            archive.extractall(folder / "tree")
        yield folder / "tree"


def _run(tree: Path, name: str, aws: Aws) -> dict[str, float]:
    """One cold start. Raise `RuntimeError` if the answer to the first event is wrong."""
    command = [sys.executable, "-S", "-E", "-B", "-c", _PROGRAM, str(tree)]
    event = json.dumps(aws.events()[name])
    done = subprocess.run(  # noqa: S603 - ours
        command, env=cold_starts.environment(name, aws), input=event, capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if found["problem"] is not None:
        message = f"{name}: {done.stdout}"
        raise RuntimeError(message)
    return found


def main() -> None:
    """Print the figures of all functions."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", type=Path, help="a package for this machine; by default it is made")
    parser.add_argument("--processes", type=int, default=15)
    given = parser.parse_args()
    with unpacked(given.package) as tree:
        print(f"CPU in ms, median of {given.processes} processes, {target.here().runtime}, load {os.getloadavg()[0]:.1f}")  # noqa: T201
        for name in HANDLERS:
            cold = measured(tree, name, given.processes)
            aim = f" (aim {AIMS_MS[name]})" if name in AIMS_MS else ""
            print(f"{name:12} INIT {cold.init.median:4.0f}{aim:10}   first INVOKE {cold.invoke.median:4.0f}")  # noqa: T201
