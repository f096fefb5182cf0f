"""Clocks: the true one for queues, tables and people, and one for each process, which differs by some seconds.

AWS documents no limit for the error of a Lambda function's clock. What AWS states for its hosts is far below a second
("Precision clock and time synchronization on your EC2 instance", docs.aws.amazon.com/AWSEC2/latest/UserGuide/set-time.html).
The promises hold here with errors up to `SKEW_MAX_S`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import greenlet

SKEW_MAX_S: Final = 2.0
"""The largest difference of a process's clock from the true one, in both directions, for the life of the process."""


class SimClock:
    """The true time. Only the simulation advances it. A process that sleeps is suspended until then."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def sleep(self, seconds: float) -> None:
        until = self.at + timedelta(seconds=seconds)
        while self.at < until:
            pause()


class LocalClock:
    """The clock of one process."""

    def __init__(self, true: SimClock, off_s: float) -> None:
        self._true = true
        self._off = timedelta(seconds=off_s)

    def now(self) -> datetime:
        return self._true.at + self._off

    def sleep(self, seconds: float) -> None:
        self._true.sleep(seconds)


def pause() -> None:
    """Let another process run."""
    parent = greenlet.getcurrent().parent
    if parent is not None:
        parent.switch()
