"""A shell in which the commands of the pages run, one block after another."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from testbed.patience import PATIENCE_S

if TYPE_CHECKING:
    from types import TracebackType

_DONE: Final = "--- this block is done"


class Shell:
    """bash in a folder that looks like the project to the commands, with `.data`, `.venv` and `docs`."""

    def __init__(self, folder: Path, project: Path, run_file: str) -> None:
        (folder / ".data").mkdir()
        (folder / ".data" / "run.json").write_text(run_file, "utf-8")
        (folder / ".venv" / "bin").mkdir(parents=True)
        self._lay(folder / ".venv" / "bin" / "python", '"$@"')
        self._lay(folder / ".venv" / "bin" / "posthorn", '-m posthorn "$@"')
        (folder / "docs").symlink_to(project / "docs")
        self._process = subprocess.Popen(
            ["bash", "-u"],
            cwd=folder,
            env=os.environ
            | {
                "PATH": f"{folder / '.venv' / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}",
                "PYTHONPATH": str(project),  # as if `pip install .` had been typed
                "XDG_CONFIG_HOME": str(folder / "settings"),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.enter("trap 'kill 0' EXIT")  # what runs in the background ends with the shell, and the shell with the tests

    def enter(self, commands: str) -> str:
        """Run a block and return its output."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{commands}\necho\necho '{_DONE}'\n")
        self._process.stdin.flush()
        shown: list[str] = []
        for line in self._process.stdout:
            if line == f"{_DONE}\n":
                return "".join(shown).strip()
            shown.append(line)
        message = f"The shell ended: {''.join(shown)}"
        raise AssertionError(message)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End it, with all processes that a block left running."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate(timeout=PATIENCE_S)

    @staticmethod
    def _lay(command: Path, arguments: str) -> None:
        """Make a command that runs this `python`. A link would lose its packages."""
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments}\n')
        command.chmod(0o755)
