"""How much CPU a cold start takes, from the package as it ships.

    python -m benchmarks.api [--package build/package/deployment.zip] [--processes 15]

Each figure is a median over fresh processes that see the package and the standard library, and nothing else. `import` is
what Lambda does before it has a handler; `ready` is until all that the handler's first call needs has been made, AWS clients
included.
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
from typing import TYPE_CHECKING, Final, NamedTuple
from zipfile import ZipFile

from benchmarks.figures import Spread
from chalicelib.settings import ENVIRONMENT_OF_LOCATIONS
from infra import package
from infra.artifact import target

if TYPE_CHECKING:
    from collections.abc import Iterator

HANDLERS: Final = {
    "Notify": ("chalicelib.workers.notify", "house.fan_out"),
    "Deliver": ("chalicelib.workers.deliver", "house.deliver"),
    "DeliverSlow": ("chalicelib.workers.deliver", "house.deliver"),
    "Background": ("chalicelib.workers.background", "house.purge, house.recoverer, house.keeper"),
    "Schedule": ("chalicelib.workers.schedule", "house.due_sweep, house.deferral"),
    "APIHandler": ("app", "house.directory, house.webhooks"),
}
"""By function of `infra/template/functions.json`: the module that Lambda imports, and what its first call asks for."""
AIMS_MS: Final = {"Deliver": 150, "APIHandler": 300}

_PROGRAM: Final = """
import sys, time
sys.path.insert(0, sys.argv[1])
start = time.process_time()
import {module}
imported = time.process_time()
from chalicelib import bootstrap
house = bootstrap.house()
{asked}
print([1000 * (imported - start), 1000 * (time.process_time() - start)])
"""


class Cold(NamedTuple):
    """What a function's cold start takes, in ms of CPU."""

    imported: Spread
    ready: Spread


def measured(tree: Path, name: str, processes: int) -> Cold:
    """The spreads over so many fresh processes, and one before them that brings the files into memory."""
    found = [_run(tree, name) for _ in range(processes + 1)][1:]
    return Cold(Spread.of([imported for imported, _ in found]), Spread.of([ready for _, ready in found]))


@contextmanager
def unpacked(made: Path | None = None) -> Iterator[Path]:
    """What a package for this machine holds; without one, it is made."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if made is None:
            package.package(target.here(), "dev", folder / "out")
            made = folder / "out" / "deployment.zip"
        with ZipFile(made) as archive:
            archive.extractall(folder / "tree")
        yield folder / "tree"


def _run(tree: Path, name: str) -> list[float]:
    module, asked = HANDLERS[name]
    command = [sys.executable, "-S", "-E", "-B", "-c", _PROGRAM.format(module=module, asked=asked), str(tree)]
    done = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=True)  # noqa: S603 - ours
    found: list[float] = json.loads(done.stdout)
    return found


def _environment() -> dict[str, str]:
    nowhere = dict.fromkeys(ENVIRONMENT_OF_LOCATIONS, "http://127.0.0.1:9/nowhere")
    return nowhere | {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}


def main() -> None:
    """Print the figures of all functions."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", type=Path, help="a package for this machine; without one, it is made")
    parser.add_argument("--processes", type=int, default=15)
    given = parser.parse_args()
    with unpacked(given.package) as tree:
        print(f"CPU in ms, median of {given.processes} processes, {target.here().runtime}, load {os.getloadavg()[0]:.1f}")  # noqa: T201
        for name in HANDLERS:
            cold = measured(tree, name, given.processes)
            aim = f" (aim {AIMS_MS[name]})" if name in AIMS_MS else ""
            print(f"{name:12} import {cold.imported.median:4.0f}{aim:10}   ready {cold.ready.median:4.0f}")  # noqa: T201
