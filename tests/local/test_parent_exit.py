"""Nothing outlives tests that are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest

from local.folder import run_file
from tests.local.service import ROOT, wait_until

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no kernel ends a process with its parent"),
]

_TEST: Final = """
import pathlib, sys, time
from tests.local.service import Service
Service(pathlib.Path(sys.argv[1])).start()
time.sleep(1_000)
"""


def _processes(data: Path) -> list[str]:
    listed = subprocess.run(["ps", "axwwe", "-o", "pid=,command="], capture_output=True, text=True, check=True).stdout
    return [line.split()[0] for line in listed.splitlines() if str(data) in line]


def test_a_service_ends_with_the_test_that_started_it_however_that_ends(tmp_path: Path) -> None:
    data = tmp_path / "data"
    test = subprocess.Popen([sys.executable, "-c", _TEST, str(data)], cwd=ROOT)
    wait_until(run_file(data).exists)
    assert len(_processes(data)) > 4  # the test, what it started, and its children

    os.kill(test.pid, signal.SIGKILL)
    test.wait()

    wait_until(lambda: _processes(data) == [])
