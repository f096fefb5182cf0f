"""The command line as a person at a terminal has it: in this process, or in one of its own."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from local.lifeline import end_with_parent
from posthorn.cli.app import run

if TYPE_CHECKING:
    import pytest

COMMAND: Final = [sys.executable, "-m", "posthorn"]


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def documents(self) -> list[Any]:
        """The JSON on standard output, a document a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def document(self) -> Any:  # noqa: ANN401 - any JSON
        """The one document on standard output."""
        (document,) = self.documents
        return document


class Terminal:
    """Runs commands in this process; nobody sits there, so that whatever asks must refuse."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def __call__(self, *arguments: str, stdin: str = "") -> Ended:
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        self._capsys.readouterr()
        code = run(list(arguments))
        out, err = self._capsys.readouterr()
        return Ended(code, out, err)

    def good(self, *arguments: str, stdin: str = "") -> Ended:
        """A command that has to end well."""
        ended = self(*arguments, stdin=stdin)
        assert ended.code == 0, ended
        return ended


def started(*arguments: str, **variables: str) -> subprocess.Popen[str]:
    """A command in a process of its own."""
    return _started(arguments, variables, ignored=())


def started_by_nohup(*arguments: str) -> subprocess.Popen[str]:
    """A command that is to outlive its terminal."""
    return _started(arguments, {}, ignored=(signal.SIGHUP,))


def _started(
    arguments: tuple[str, ...], variables: dict[str, str], ignored: tuple[signal.Signals, ...]
) -> subprocess.Popen[str]:
    def hear() -> None:
        """As at a terminal: who runs the tests in the background, as CI may, has them inherit signals that are ignored."""
        for each in (signal.SIGINT, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN if each in ignored else signal.SIG_DFL)
        end_with_parent()

    return subprocess.Popen(
        [*COMMAND, *arguments],
        env=os.environ | {"PYTHONUNBUFFERED": "1"} | variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear,  # noqa: PLW1509 - it runs where there are no threads of ours
    )
