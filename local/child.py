"""A child process of the local stack, as its parent sees it."""

from __future__ import annotations

import subprocess
import threading
import time
from typing import TYPE_CHECKING, Final

from local.parent_exit import READY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from local.log import Log

_RESTART_PAUSE_S: Final = 1.0
_LAST_WORDS_S: Final = 0.2


class Child:
    """A process that is restarted if it exits unexpectedly, and exits when its parent does.

    It has a process group of its own, so that Ctrl-C reaches only the parent. It has no session of its own, because Linux
    shares processors between sessions first, and priorities count only within one. Its standard input closes when the parent
    exits (`local.parent_exit`).
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: dict[str, str],
        folder: Path,
        log: Log,
        descriptors: Sequence[int] = (),
    ) -> None:
        self.name = name
        self._command = command
        self._environment = environment
        self._folder = folder
        self._log = log
        self._descriptors = descriptors
        self._process: subprocess.Popen[str] | None = None
        self._listener = threading.Thread()
        self._started_s = 0.0
        self.last_line = ""
        self.is_ready = threading.Event()

    def start(self) -> None:
        """Start the process."""
        self._started_s = time.monotonic()
        self._process = subprocess.Popen(  # noqa: S603 - the command is ours
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self._environment,
            cwd=self._folder,
            pass_fds=self._descriptors,
            process_group=0,
            encoding="utf-8",
            errors="replace",
        )
        self._listener = threading.Thread(target=self._listen, args=(self._process,), daemon=True)
        self._listener.start()

    @property
    def has_exited(self) -> bool:
        """Whether the process has exited, or was never started."""
        return self._process is None or self._process.poll() is not None

    def restart_if_exited(self) -> bool:
        """Restart the process if it has exited, at most once a second. Return whether it was restarted."""
        if not self.has_exited or time.monotonic() - self._started_s < _RESTART_PAUSE_S:
            return False
        self.ask_to_stop()
        self.start()
        return True

    def ask_to_stop(self) -> None:
        """Close its standard input."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()

    def await_exit(self, deadline_s: float) -> None:
        """Wait for its exit, and kill it at the deadline (of the monotonic clock)."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, deadline_s - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listener.join(_LAST_WORDS_S)

    def _listen(self, process: subprocess.Popen[str]) -> None:
        if process.stdout is None:
            return
        with process.stdout:
            for line in process.stdout:
                if text := line.rstrip():
                    self._hear(text)

    def _hear(self, text: str) -> None:
        self.last_line = text
        if text == READY:
            self.is_ready.set()
        self._log.write(self.name, text)
