"""The system's clock and source of randomness."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime


class SystemClock:
    """The system's clock."""

    def now(self) -> datetime:
        """The current time in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait for some seconds."""
        time.sleep(seconds)


class SystemEntropy:
    """The operating system's source of randomness."""

    def take(self, count: int) -> bytes:
        """Return `count` random bytes."""
        return os.urandom(count)
