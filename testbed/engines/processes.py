"""Emulators as processes, each on a free port. They end with the tests."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from local import environment
from testbed.patience import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT: Final = Path(__file__).parents[2]
DYNALITE: Final = Path(__file__).parent / "dynalite"
_ENGINE_PYTHON: Final = ROOT / ".venv-engine" / "bin" / "python"
_HOST: Final = "127.0.0.1"
_STOP_S: Final = 5


@contextmanager
def ministack(folder: Path, **extra: str) -> Iterator[str]:
    """Start the engine of `make run`, with its state in `folder` and more variables. Returns its address."""
    if not _ENGINE_PYTHON.exists():
        pytest.skip("ministack is not installed: make venv-engine")
    with listening() as (port, descriptor, release):
        command = [str(_ENGINE_PYTHON), "-m", "local.engine", str(folder), str(descriptor)]
        with running(command, environment.engine(folder) | extra, descriptor):
            release()
            _await_answer(port, "/_ministack/health")
            yield f"http://{_HOST}:{port}"


@contextmanager
def dynalite(folder: Path | None = None) -> Iterator[str]:
    """Start dynalite, DynamoDB on LevelDB, in memory or in a folder. Returns its address."""
    if not (DYNALITE / "node_modules").exists():
        pytest.skip("dynalite is not installed: make dynalite-packages")
    command = [_node(), str(DYNALITE / "serve.js"), *([str(folder)] if folder is not None else [])]
    with running(command, {}) as child:
        assert child.stdout is not None
        yield f"http://{_HOST}:{int(child.stdout.readline())}"


@contextmanager
def listening() -> Iterator[tuple[int, int, Callable[[], None]]]:
    """A socket for a child: its port, its number, and what to call after the child has it.

    A connection waits until the child serves. If the child has exited, the connection is refused.
    """
    with socket.create_server((_HOST, 0)) as bound:
        yield bound.getsockname()[1], bound.fileno(), bound.close


@contextmanager
def running(command: Sequence[str], extra: dict[str, str], *descriptors: int) -> Iterator[subprocess.Popen[str]]:
    """A child process whose standard input ends with the block, and also if the tests are killed."""
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment.of_child(extra),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=descriptors,
        text=True,
    ) as child:
        try:
            yield child
        finally:
            assert child.stdin is not None
            child.stdin.close()
            try:
                child.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                child.kill()


def _await_answer(port: int, path: str) -> None:
    connection = HTTPConnection(_HOST, port, timeout=PATIENCE_S)
    connection.request("GET", path)
    assert connection.getresponse().status == HTTPStatus.OK
    connection.close()


def _node() -> str:
    """The Node.js in this Python's environment, or the machine's."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    node = shutil.which("node", path=path)
    assert node is not None
    return node
