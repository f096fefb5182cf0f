"""The machine's own clock and randomness."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime


class SystemClock:
    """The time of the machine."""

    def now(self) -> datetime:
        """The time, aware, in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Let so much time pass."""
        time.sleep(seconds)


class SystemEntropy:
    """The randomness of the operating system."""

    def take(self, count: int) -> bytes:
        """So many random bytes."""
        return os.urandom(count)
