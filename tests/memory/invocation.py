"""Runs a handler in a process of its own, with an account in another one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from local.parent_exit import exit_with_parent
from testbed.patience import PATIENCE_S

if TYPE_CHECKING:
    from pathlib import Path

    from tests.memory.scene import Scene

MIB: Final = 1 << 20


class Invocation(NamedTuple):
    """The result of an invocation."""

    answer: Any
    peak_mib: float


def invoke(handler: str, event: dict[str, Any], scene: Scene, folder: Path, **settings: object) -> Invocation:
    """Invoke ``module:name`` once, with settings as environment variables."""
    place = folder / "event.json"
    place.write_text(json.dumps(event))
    variables = {name: str(value) for name, value in settings.items()}
    told = {name: value for name, value in asdict(scene).items() if name != "receiver_url"}
    account = subprocess.Popen(
        [sys.executable, "-m", "tests.memory.account", json.dumps(told)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=exit_with_parent,  # noqa: PLW1509 - it is one call of the kernel
    )
    try:
        assert account.stdout is not None
        address = account.stdout.readline().strip()
        run = subprocess.run(
            [sys.executable, "-m", "tests.memory.worker", *handler.split(":"), str(place), address, json.dumps(variables)],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
            env={name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")},
        )
    finally:
        account.kill()
        account.communicate()
    assert run.returncode == 0, run.stderr[-2_000:]
    told = json.loads(run.stdout.splitlines()[-1])
    return Invocation(told["answer"], told["peak"] / MIB)
