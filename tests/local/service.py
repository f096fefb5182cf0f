"""Starts, stops and kills the service as a person would."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import requests

from local.folder import run_file
from local.parent_exit import exit_with_parent
from testbed.patience import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

ROOT: Final = Path(__file__).parents[2]


class Service:
    """`make run` on free ports, with its own data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.run: dict[str, str] = {}
        self._process: subprocess.Popen[str] | None = None

    def start(self, **variables: str) -> subprocess.Popen[str]:
        """Start it and wait until it is ready, or has ended."""
        run_file(self.data).unlink(missing_ok=True)  # a run that was killed left it behind
        self._process = subprocess.Popen(
            [sys.executable, "-m", "local.run"],
            cwd=ROOT,
            env=os.environ | {"PORT": "0", "DATA": str(self.data), "SCHEDULE_PERIOD_S": "1"} | variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=exit_with_parent,  # noqa: PLW1509 - it is one call of the kernel
        )
        wait_until(lambda: run_file(self.data).exists() or self._has_ended())
        if run_file(self.data).exists():
            self.run = json.loads(run_file(self.data).read_text("utf-8"))
        return self._process

    def stop(self, number: int = signal.SIGTERM) -> float:
        """Send a signal; return the seconds until the service has ended."""
        assert self._process is not None
        started = time.monotonic()
        self._process.send_signal(number)
        self._process.communicate(timeout=PATIENCE_S)
        return time.monotonic() - started

    def kill(self) -> None:
        """Stop it, if it is running."""
        if self._process is not None and self._process.poll() is None:
            self.stop(signal.SIGKILL)
        wait_until(lambda: not self.processes())

    def processes(self) -> list[str]:
        """The command lines of the service's processes, all of which name the data folder."""
        listed = subprocess.run(["ps", "axww", "-o", "command="], capture_output=True, text=True, check=True)
        return [line for line in listed.stdout.splitlines() if "-m local." in line and str(self.data) in line]

    def call(self, method: str, path: str, body: object = None) -> requests.Response:
        """Call the API as the admin."""
        headers = {"Authorization": self.run["admin_key"]}
        return requests.request(method, self.run["url"] + path, headers=headers, timeout=PATIENCE_S, json=body)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _has_ended(self) -> bool:
        return self._process is not None and self._process.poll() is not None


def wait_until(condition: Callable[[], object]) -> None:
    """Wait for something that must happen."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen within {PATIENCE_S} s"
        time.sleep(0.05)
