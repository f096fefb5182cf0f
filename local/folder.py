"""The data folder: the engine's state, the keys, the log, and the addresses of the current run."""

from __future__ import annotations

import fcntl
import json
import os
import time
from typing import TYPE_CHECKING, Any, Final

from chalicelib.domain.directory import users

if TYPE_CHECKING:
    from pathlib import Path

_LOCK_WAIT_S: Final = 3
"""The engine of a killed run has the lock until it has written its state."""


class Refusal(Exception):
    """The service cannot run. The message is one sentence with the reason."""


class Folder:
    """The data folder of one run. Raise `Refusal` if it cannot be used or is in use."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.state = self.path / "state"
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.state.mkdir(mode=0o700, exist_ok=True)
            self.log.touch()
            (self.state / "writable").touch()
            self._tighten()
            self.lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            message = f"The data folder {path} cannot be used: {error.strerror}."
            raise Refusal(message) from error
        self._take_lock()
        self.withdraw()  # a killed run left it
        self._check_state()

    @property
    def log(self) -> Path:
        """The log of all processes."""
        return self.path / "log.jsonl"

    def keys(self) -> dict[str, str]:
        """The keys of the admin and of the user, created in the first run."""
        path = self.path / "keys.json"
        try:
            if not path.exists():
                made = {name: users.new_key(os.urandom(users.KEY_BYTES)) for name in ("admin_key", "user_key")}
                write(path, made)
            kept = json.loads(path.read_text("utf-8"))
            return {"admin_key": str(kept["admin_key"]), "user_key": str(kept["user_key"])}
        except (OSError, ValueError, KeyError, TypeError) as error:
            message = f"The keys in {path} cannot be read: {error!r}."
            raise Refusal(message) from error

    def announce(self, run: dict[str, Any]) -> None:
        """Write `run.json`, from which scripts know this run's addresses and keys."""
        write(run_file(self.path), run)

    def withdraw(self) -> None:
        """Remove `run.json`."""
        run_file(self.path).unlink(missing_ok=True)

    def _tighten(self) -> None:
        """Remove the rights of others from existing files: the state has secrets, and the log has payloads.

        The folder itself may be used for other things too, so its mode does not change.
        """
        self.state.chmod(0o700)
        own = (self.path / "keys.json", run_file(self.path), *self.path.glob("log*.jsonl"))
        for each in (*self.state.iterdir(), *own):
            if each.is_file() and not each.is_symlink():
                each.chmod(0o600)

    def _check_state(self) -> None:
        """Refuse a state that cannot be read: ministack would start without it, and overwrite it."""
        for path in self.state.glob("*.json"):
            try:
                json.loads(path.read_text("utf-8"))
            except (OSError, ValueError) as error:
                message = f"The data folder is broken: {path} cannot be read ({error})."
                raise Refusal(message) from error

    def _take_lock(self) -> None:
        deadline = time.monotonic() + _LOCK_WAIT_S
        while True:
            try:
                fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if time.monotonic() > deadline:
                    message = f"Another run uses the data folder {self.path}. Stop it, or set DATA."
                    raise Refusal(message) from error
                time.sleep(0.1)
            else:
                return


def run_file(path: Path) -> Path:
    """The file with the addresses and keys of the run that uses the data folder `path`."""
    return path / "run.json"


def write(path: Path, content: dict[str, Any]) -> None:
    """Write a JSON file that only its owner may read, completely or not at all."""
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2)
        file.write("\n")
    part.replace(path)
