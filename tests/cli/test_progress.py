"""Watching a recovery: the progress bar and the exit code."""

from __future__ import annotations

import os
import pty
import subprocess
from typing import Any, Final

import pytest

from posthorn.cli import profiles
from posthorn.cli.errors import ExitCode
from testbed.patience import PATIENCE_S
from tests.cli.terminal import COMMAND
from tests.client.server import Response, Server

pytestmark = pytest.mark.enable_socket

WATCH: Final = ("recoveries", "watch", "wh_1", "rcv_1")


def _recovery(state: str, progress: float, enqueued: int) -> Response:
    body: dict[str, Any] = {
        "id": "rcv_1", "webhookId": "wh_1", "only": "failed", "state": state, "progress": progress, "enqueued": enqueued,
        "examined": enqueued, "since": "2026-03-01T00:00:00Z", "until": "2026-03-02T00:00:00Z",
        "startedAt": "2026-03-02T00:00:00Z", "updatedAt": "2026-03-02T00:00:00Z",
    }  # fmt: skip
    return Response(body=body)


def _watched(stderr: int, *responses: Response) -> subprocess.CompletedProcess[bytes]:
    with Server(*responses) as server:
        variables = {profiles.URL: server.url, profiles.KEY: "phk_x", "COLUMNS": "100", "TERM": "xterm"}
        return subprocess.run(
            [*COMMAND, *WATCH],
            env=os.environ | variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            timeout=PATIENCE_S,
            check=False,
        )


def test_the_progress_is_shown_on_a_terminal() -> None:
    end, terminal = pty.openpty()
    result = _watched(terminal, _recovery("running", 0.4, 4), _recovery("done", 1, 10))
    os.close(terminal)
    drawn = os.read(end, 100_000).decode()
    os.close(end)
    assert result.returncode == ExitCode.SUCCESS
    assert "Recovering" in drawn
    assert "100%" in drawn
    assert "10 enqueued" in drawn


def test_no_progress_bar_is_shown_without_a_terminal() -> None:
    result = _watched(subprocess.PIPE, _recovery("running", 0.4, 4), _recovery("done", 1, 10))
    assert (result.returncode, result.stderr) == (ExitCode.SUCCESS, b"")
    assert b"done, 100%" in result.stdout


@pytest.mark.parametrize("state", ["stopped", "failed"])
def test_the_exit_code_of_a_failed_or_stopped_recovery_is_1(state: str) -> None:
    result = _watched(subprocess.PIPE, _recovery("running", 0.4, 4), _recovery(state, 0.4, 4))
    assert result.returncode == ExitCode.FAILED
    assert f"{state}, 40%".encode() in result.stdout
