"""The rate limit of a caller, counted by many processes that share only a counter.

A window is a minute of the clock. In a window, a process spends from its own *share* of the limit. The share begins with a
small block that is not counted, so a caller with few requests costs no write. When a process has spent that block, it adds
the block and the next one to the shared counter, and so on. What exceeds the limit is not granted::

    limit 6,000, a block of 60
    process A   60 free ─▶ counter += 120 (the 60 and the next 60) ─▶ 60 more ─▶ counter += 60 ─▶ … ─▶ 6,000: refused
    process B   60 free ─▶ counter += 120 …

So all processes together grant at most the limit, plus a block for each process that has not used the counter or was refused
by it. They may refuse too early by at most a block for each process: what was granted to it and is not spent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

WINDOW_S: Final = 60
BLOCKS: Final = 100
"""Blocks in a limit. A window takes at most this many writes, and one more for each process."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What a caller has left of a limit.

    Args:
        limit: requests in a window.
        remaining: what is left, as far as this process knows.
        reset_s: whole seconds until the next window, 1 to 60.
        is_exceeded: whether the request exceeds the limit. Then nothing was spent.

    """

    limit: int
    remaining: int
    reset_s: int
    is_exceeded: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """What one process may spend of a limit in one window, and what it has spent.

    Args:
        limit: the limit of all processes together.
        granted: what this process may spend.
        spent: what it has spent.
        leased: the part of `granted` that was added to the counter.
        total: the counter's last known value.
        is_used_up: whether the counter has no more to grant.

    """

    limit: int
    granted: int
    spent: int = 0
    leased: int = 0
    total: int = 0
    is_used_up: bool = False

    @classmethod
    def fresh(cls, limit: int) -> Share:
        """The share of a process at the start of a window."""
        return cls(limit, _block(limit))

    @property
    def remaining(self) -> int:
        """What is left of the limit, as far as this process knows."""
        return max(self.granted - self.spent + self.limit - max(self.total, self.granted), 0)

    def lease_needed(self, cost: int) -> int:
        """What to add to the counter before `cost` can be spent; 0 if it fits, or if the counter is used up."""
        if self.is_used_up or self.spent + self.cost_of(cost) <= self.granted:
            return 0
        return self.granted - self.leased + max(_block(self.limit), self.spent + self.cost_of(cost) - self.granted)

    def counted(self, added: int, total: int) -> Share:
        """The share after the counter has grown by `added` to `total`: what was below the limit is granted."""
        newly_leased = min(max(self.limit - (total - added), 0), added)
        leased = self.leased + newly_leased
        return replace(
            self,
            granted=max(self.granted, leased),
            leased=leased,
            total=min(total, self.limit),
            is_used_up=newly_leased < added,
        )

    def uncounted(self, added: int) -> Share:
        """The share if the counter is not available: `added` is granted, since a rate limit must not cause an outage."""
        return replace(self, granted=self.leased + added)

    def spend(self, cost: int) -> Share | None:
        """The share after a request; ``None`` if too little is left."""
        spent = self.spent + self.cost_of(cost)
        return replace(self, spent=spent) if spent <= self.granted else None

    def cost_of(self, cost: int) -> int:
        """At most the whole limit. A request that costs more could never be made."""
        return min(cost, self.limit)


def _block(limit: int) -> int:
    return max(limit // BLOCKS, 1)
