"""A recovery that is watched: the bar, where a terminal is, and how it ends."""

from __future__ import annotations

import os
import pty
import subprocess
from typing import Any, Final

import pytest

from posthorn.cli import profiles
from posthorn.cli.errors import ExitCode
from tests.cli.terminal import COMMAND
from tests.client.server import Response, Server
from tests.patience import PATIENCE_S

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


def test_somebody_at_a_terminal_sees_how_far_it_is() -> None:
    end, terminal = pty.openpty()
    ended = _watched(terminal, _recovery("running", 0.4, 4), _recovery("done", 1, 10))
    os.close(terminal)
    drawn = os.read(end, 100_000).decode()
    os.close(end)
    assert ended.returncode == ExitCode.SUCCESS
    assert "Recovering" in drawn
    assert "100%" in drawn
    assert "10 enqueued" in drawn


def test_nobody_at_a_terminal_is_drawn_no_bar() -> None:
    ended = _watched(subprocess.PIPE, _recovery("running", 0.4, 4), _recovery("done", 1, 10))
    assert (ended.returncode, ended.stderr) == (ExitCode.SUCCESS, b"")
    assert b"done, 100%" in ended.stdout


@pytest.mark.parametrize("state", ["stopped", "failed"])
def test_one_that_comes_to_a_bad_end_ends_the_command_so(state: str) -> None:
    ended = _watched(subprocess.PIPE, _recovery("running", 0.4, 4), _recovery(state, 0.4, 4))
    assert ended.returncode == ExitCode.FAILED
    assert f"{state}, 40%".encode() in ended.stdout
