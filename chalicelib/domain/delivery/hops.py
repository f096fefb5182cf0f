"""How often the service has put a message back on a queue itself.

AWS stops a chain Lambda → SQS → Lambda after about 16 invocations (Lambda developer guide, "Use Lambda recursive loop
detection"). Fan-outs, recoveries and purges need longer chains, so the functions turn that protection off, and this is ours:
each message carries its hops, and a message that arrives with too many is a runaway.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final


class Runaway(Exception):
    """A message was put back too often: it goes to the dead-letter queue, with `message` as the reason."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Hops:
    """How often a message was put back, and when that began; `since` is ``None`` before the first hop."""

    count: int = 0
    since: datetime | None = None

    def next(self, now: datetime) -> Hops:
        """The hops after one more."""
        return Hops(self.count + 1, self.since or now)

    def check(self, hops_max: int) -> None:
        """Raise `Runaway` for a message that has reached the limit."""
        if self.count >= hops_max and self.since is not None:
            since = f"{self.since:%Y-%m-%d %H:%M:%S} UTC"
            message = f"Runaway: the service has put this message back {self.count} times since {since}, which is the limit."
            raise Runaway(message)


NONE: Final = Hops()
"""The hops of a message that was never put back."""
