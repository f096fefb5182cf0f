"""What the processes say: every line is kept in the log file, and people see a short one in the terminal."""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from contextlib import suppress
from io import FileIO
from typing import TYPE_CHECKING, Any, Final

from chalicelib.adapters.logs import JsonFormatter
from chalicelib.domain.delivery.attempt import Trigger
from chalicelib.domain.ids import RecordId

if TYPE_CHECKING:
    from pathlib import Path

_LOG_BYTES_MAX: Final = 50_000_000
_ATTEMPTED: Final = "delivery.attempted"
_LOUD: Final = frozenset({"WARNING", "ERROR", "CRITICAL"})


class Journal:
    """Takes lines from several threads; the file is turned over once it is large.

    A disk that takes no more costs lines, and nothing else: a process whose lines nobody takes comes to a standstill.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._file = self._opened()
        self._is_refused = False

    def take(self, process: str, line: str) -> None:
        """Keep one line of a process, and show what is worth showing."""
        try:
            said: Any = json.loads(line)
        except ValueError:
            said = None
        if not isinstance(said, dict):
            said = {"level": "INFO", "event": line}
        said = {"process": process} | said
        with self._lock:
            if self._file.closed:
                return
            self._keep(said)
        if short := shortened(said):
            say(short)

    def close(self) -> None:
        """Take no more; what a process still says is dropped."""
        with self._lock:
            self._file.close()

    def _keep(self, said: dict[str, Any]) -> None:
        line = json.dumps(said).encode() + b"\n"
        try:
            self._turn_over()
            if self._is_refused:
                line = b"\n" + line  # the last one may have broken off
            is_whole = self._file.write(line) == len(line)
            reason = "it took a part of a line"
        except OSError as error:
            is_whole, reason = False, str(error)
        if not is_whole and not self._is_refused:
            say(f"The log cannot be written: {reason}. Until it can, lines are missing in {self._path}.")
        self._is_refused = not is_whole

    def _turn_over(self) -> None:
        if self._file.tell() > _LOG_BYTES_MAX:
            self._file.close()
            self._path.replace(self._path.with_suffix(".1.jsonl"))
            self._file = self._opened()

    def _opened(self) -> FileIO:
        """The file, for its owner's eyes, whatever the umask is: payloads may be in it."""
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return FileIO(descriptor, "a")


def shortened(said: dict[str, Any]) -> str | None:
    """What people see of a line: attempts, and whatever went wrong."""
    event = said.get("event", "")
    if event == _ATTEMPTED:
        return _attempt(said)
    if said.get("level") in _LOUD:
        detail = said.get("reason") or str(said.get("exception", "")).rpartition("\n")[2]
        return f"{said['process']}: {event}" + (f": {detail}" if detail else "")
    return None


def _attempt(said: dict[str, Any]) -> str:
    """`01:22:33  modelDeleted → wh_7f3  attempt 1 (notification): 200 in 12 ms`."""
    answer = said.get("failure_cause")
    if answer in {None, "status"}:
        answer = said.get("http_status")
    again = f", again at {str(said['next_attempt_at'])[11:19]}" if said.get("next_attempt_at") else ""
    which = f"attempt {said.get('attempt_number', 1)} ({said.get('trigger', Trigger.NOTIFICATION)})"
    took = f"{answer} in {said.get('duration_ms')} ms"
    return f"{str(said.get('at'))[11:19]}  {said.get('notification_type')} → {_webhook_of(said)}  {which}: {took}{again}"


def _webhook_of(said: dict[str, Any]) -> str:
    """The webhook, which the line of a first success tells by the record's id alone."""
    record_id = RecordId.parse(str(said.get("record_id")))
    return str(said.get("webhook_id")) if record_id is None else record_id.webhook_id


def speak_json() -> None:
    """In a child: have every logger speak as the service's own do."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def say(text: str) -> None:
    """Tell the person at the terminal; where nobody listens any more, or a full disk does, nobody can be told."""
    with suppress(OSError):
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
