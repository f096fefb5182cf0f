"""The clock of the emulated account, which a test can set forward for the engine and its functions together.

Debian's libfaketime shifts the wall clock of each process of the account by the offset in a file. The monotonic clock is not
changed, so timeouts and pauses take their real time. `clocked_engine.py` is the engine's part of it.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

import pytest
from botocore import auth

if TYPE_CHECKING:
    from collections.abc import Iterator

_LIBRARIES: Final = "*/faketime/libfaketimeMT.so.1"


def library() -> str | None:
    """The path of libfaketime on this machine, or the one in LIBFAKETIME."""
    named = os.environ.get("LIBFAKETIME")
    return named or next((str(each) for each in Path("/usr/lib").glob(_LIBRARIES)), None)


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that is ahead by the offset in its file."""

    file: Path
    library: str

    @classmethod
    def at(cls, folder: Path, library: str) -> Self:
        """A clock that is not ahead yet."""
        made = cls(folder / "ahead", library)
        made._write(timedelta())
        return made

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables by which a process and its children use the clock."""
        return {
            "LD_PRELOAD": self.library,
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }

    @property
    def ahead(self) -> timedelta:
        """The offset."""
        return timedelta(seconds=float(self.file.read_text("utf-8")))

    def now(self) -> datetime:
        """The current time in the account."""
        return datetime.now(UTC) + self.ahead

    def advance(self, by: timedelta) -> None:
        """Set the clock forward."""
        self._write(self.ahead + by)

    @contextmanager
    def signed_by(self) -> Iterator[None]:
        """Make this process's AWS clients sign by the clock: AWS refuses signatures that are off by more than minutes."""
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(auth, "get_current_datetime", lambda: self.now().replace(tzinfo=None))
            yield

    def _write(self, ahead: timedelta) -> None:
        new = self.file.with_suffix(".new")
        new.write_text(f"+{ahead.total_seconds():.0f}\n", "utf-8")
        new.replace(self.file)
