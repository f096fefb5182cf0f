"""The log of all processes: every line is kept in a file, and the terminal shows a short form of the important ones."""

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
_SHOWN_LEVELS: Final = frozenset({"WARNING", "ERROR", "CRITICAL"})


class Log:
    """Writes lines of several threads to a file, which is rotated when it is large.

    If the disk is full, lines are lost and nothing else: a process blocks if nobody reads its output.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._file = self._opened()
        self._is_refused = False

    def write(self, process: str, line: str) -> None:
        """Keep one line of a process, and show it if it is important."""
        try:
            entry: Any = json.loads(line)
        except ValueError:
            entry = None
        if not isinstance(entry, dict):
            entry = {"level": "INFO", "event": line}
        entry = {"process": process} | entry
        with self._lock:
            if self._file.closed:
                return
            self._keep(entry)
        if short := shortened(entry):
            say(short)

    def close(self) -> None:
        """Close the file. Later lines are dropped."""
        with self._lock:
            self._file.close()

    def _keep(self, entry: dict[str, Any]) -> None:
        line = json.dumps(entry).encode() + b"\n"
        try:
            self._rotate()
            if self._is_refused:
                line = b"\n" + line  # the last line may be incomplete
            is_complete = self._file.write(line) == len(line)
            reason = "it took a part of a line"
        except OSError as error:
            is_complete, reason = False, str(error)
        if not is_complete and not self._is_refused:
            say(f"The log cannot be written: {reason}. Until it can, lines are missing in {self._path}.")
        self._is_refused = not is_complete

    def _rotate(self) -> None:
        if self._file.tell() > _LOG_BYTES_MAX:
            self._file.close()
            self._path.replace(self._path.with_suffix(".1.jsonl"))
            self._file = self._opened()

    def _opened(self) -> FileIO:
        """The file. Only its owner may read it, whatever the umask is: it may have payloads."""
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return FileIO(descriptor, "a")


def shortened(entry: dict[str, Any]) -> str | None:
    """The short form of an attempt or of an error; ``None`` for other lines."""
    event = entry.get("event", "")
    if event == _ATTEMPTED:
        return _attempt(entry)
    if entry.get("level") in _SHOWN_LEVELS:
        detail = entry.get("reason") or str(entry.get("exception", "")).rpartition("\n")[2]
        return f"{entry['process']}: {event}" + (f": {detail}" if detail else "")
    return None


def _attempt(entry: dict[str, Any]) -> str:
    """`01:22:33  modelDeleted → wh_7f3  attempt 1 (notification): 200 in 12 ms`."""
    result = entry.get("failure_cause")
    if result in {None, "status", "gone"}:
        result = entry.get("http_status")
    again = f", again at {str(entry['next_attempt_at'])[11:19]}" if entry.get("next_attempt_at") else ""
    which = f"attempt {entry.get('attempt_number', 1)} ({entry.get('trigger', Trigger.NOTIFICATION)})"
    took = f"{result} in {entry.get('duration_ms')} ms"
    return f"{str(entry.get('at'))[11:19]}  {entry.get('notification_type')} → {_webhook_of(entry)}  {which}: {took}{again}"


def _webhook_of(entry: dict[str, Any]) -> str:
    """The webhook. The line of a first success has it only as a part of the record's id."""
    record_id = RecordId.parse(str(entry.get("record_id")))
    return str(entry.get("webhook_id")) if record_id is None else record_id.webhook_id


def log_as_json() -> None:
    """In a child process: have all loggers write JSON to standard output, as the service's own do."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def say(text: str) -> None:
    """Print a line to the terminal. If that fails (a closed pipe, a full disk), ignore it."""
    with suppress(OSError):
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
