"""How much CPU a cold start takes, from the package as it ships.

    python -m benchmarks.imports [--package build/package/deployment.zip] [--processes 15]

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
from pathlib import Path
from statistics import median
from typing import Final
from zipfile import ZipFile

from chalicelib.settings import ENVIRONMENT_OF_LOCATIONS
from infra import package
from infra.artifact import target

HANDLERS: Final = {
    "deliver": ("chalicelib.workers.deliver", "house.deliver"),
    "API": ("app", "house.directory, house.webhooks"),
}
"""The module that Lambda imports, and what its first call asks the house for."""
AIMS_MS: Final = {"deliver": 150, "API": 300}

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


def measured(tree: Path, name: str, processes: int) -> tuple[float, float]:
    """The medians of `import` and `ready`, in ms of CPU."""
    found = [_run(tree, name) for _ in range(processes)]
    return median(imported for imported, _ in found), median(ready for _, ready in found)


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
    """Print both handlers' figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", type=Path, help="a package for this machine; without one, it is made")
    parser.add_argument("--processes", type=int, default=15)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tree = _unpacked(given.package, Path(folder))
        print(f"CPU in ms, median of {given.processes} processes, {target.here().runtime}, load {os.getloadavg()[0]:.1f}")  # noqa: T201
        for name in HANDLERS:
            imported, ready = measured(tree, name, given.processes)
            print(f"{name:8} import {imported:4.0f} (aim {AIMS_MS[name]})   ready {ready:4.0f}")  # noqa: T201 - it is a program


def _unpacked(made: Path | None, folder: Path) -> Path:
    if made is None:
        package.package(target.here(), "dev", folder / "out")
        made = folder / "out" / "deployment.zip"
    with ZipFile(made) as archive:
        archive.extractall(folder / "tree")
    return folder / "tree"


if __name__ == "__main__":
    main()
