"""Runs the command line, in this process or in another one."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from local.parent_exit import exit_with_parent
from posthorn.cli.app import run

if TYPE_CHECKING:
    import pytest

COMMAND: Final = [sys.executable, "-m", "posthorn"]


@dataclass(frozen=True)
class Result:
    """The exit code and the output of a command."""

    code: int
    out: str
    err: str

    @property
    def documents(self) -> list[Any]:
        """The JSON documents on standard output, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def document(self) -> Any:  # noqa: ANN401 - any JSON
        """The only JSON document on standard output."""
        (document,) = self.documents
        return document


class Terminal:
    """Runs commands in this process. Standard input is not a terminal, so commands that need a confirmation must refuse."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def __call__(self, *arguments: str, stdin: str = "") -> Result:
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        self._capsys.readouterr()
        code = run(list(arguments))
        out, err = self._capsys.readouterr()
        return Result(code, out, err)

    def good(self, *arguments: str, stdin: str = "") -> Result:
        """Run a command that must succeed."""
        result = self(*arguments, stdin=stdin)
        assert result.code == 0, result
        return result


def started(*arguments: str, **variables: str) -> subprocess.Popen[str]:
    """Start a command in another process."""
    return _started(arguments, variables, ignored=())


def started_by_nohup(*arguments: str) -> subprocess.Popen[str]:
    """Start a command as `nohup` does: it ignores SIGHUP."""
    return _started(arguments, {}, ignored=(signal.SIGHUP,))


def _started(
    arguments: tuple[str, ...], variables: dict[str, str], ignored: tuple[signal.Signals, ...]
) -> subprocess.Popen[str]:
    def reset_signals() -> None:
        """Tests that run in the background, as in CI, inherit ignored signals; a terminal does not ignore them."""
        for each in (signal.SIGINT, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN if each in ignored else signal.SIG_DFL)
        exit_with_parent()

    return subprocess.Popen(
        [*COMMAND, *arguments],
        env=os.environ | {"PYTHONUNBUFFERED": "1"} | variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=reset_signals,  # noqa: PLW1509 - this process has no other threads that hold locks
    )
