"""The number of requests that a caller may make in a minute, counted by many processes that do not communicate.

A window is a minute of the clock. A process spends from its own *share* of the limit. The share begins with a small part
that is counted nowhere else, so a quiet caller costs no write. When a process has spent its share, it adds the amount and
the next block to a counter that all processes share, and so on. Nothing above the limit is granted::

    limit 6,000, a block of 60
    process A   60 free ─▶ counter += 120 (the 60 and the next 60) ─▶ 60 more ─▶ counter += 60 ─▶ … ─▶ 6,000: refused
    process B   60 free ─▶ counter += 120 …

So all processes together grant at most the limit and one block for each process that has not asked the counter, or was
refused there. They may refuse a block for each process too early: one that was granted to a process and not spent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

WINDOW_S: Final = 60
BLOCKS: Final = 100
"""Blocks of a limit: at most so many writes in a window, and one more for each process."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What a caller has left of a limit.

    Args:
        limit: requests in a window.
        remaining: what is left, as far as this process knows.
        reset_s: whole seconds until the next window, 1 to 60.
        is_exceeded: whether the request exceeded the limit. Then nothing was spent.

    """

    limit: int
    remaining: int
    reset_s: int
    is_exceeded: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """What one process may spend of a limit in one window, and what it has spent.

    Args:
        limit: of all processes together.
        granted: what this process may spend.
        spent: what it has spent.
        leased: the part of `granted` that is in the counter.
        total: the last known value of the counter.
        is_used_up: whether the counter grants nothing more.

    """

    limit: int
    granted: int
    spent: int = 0
    leased: int = 0
    total: int = 0
    is_used_up: bool = False

    @classmethod
    def fresh(cls, limit: int) -> Share:
        """The share of a process at the beginning of a window."""
        return cls(limit, _block(limit))

    @property
    def remaining(self) -> int:
        """What is left of the limit, as far as this process knows."""
        return max(self.granted - self.spent + self.limit - max(self.total, self.granted), 0)

    def wanted(self, cost: int) -> int:
        """What to add to the counter before `cost` can be spent; 0 if it fits, or if nothing more is granted."""
        if self.is_used_up or self.spent + self.cost_of(cost) <= self.granted:
            return 0
        return self.granted - self.leased + max(_block(self.limit), self.spent + self.cost_of(cost) - self.granted)

    def counted(self, added: int, total: int) -> Share:
        """The share with what the counter grants: the part of `added` that is below the limit."""
        got = min(max(self.limit - (total - added), 0), added)
        leased = self.leased + got
        return replace(
            self, granted=max(self.granted, leased), leased=leased, total=min(total, self.limit), is_used_up=got < added
        )

    def uncounted(self, added: int) -> Share:
        """The share with all that was asked for, if the counter is unavailable: a limit should not cause an outage."""
        return replace(self, granted=self.leased + added)

    def spend(self, cost: int) -> Share | None:
        """The share after a request; ``None`` if not so much is left."""
        spent = self.spent + self.cost_of(cost)
        return replace(self, spent=spent) if spent <= self.granted else None

    def cost_of(self, cost: int) -> int:
        """A request costs at most the whole limit: otherwise it could never be made."""
        return min(cost, self.limit)


def _block(limit: int) -> int:
    return max(limit // BLOCKS, 1)
