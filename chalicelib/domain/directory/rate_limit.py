"""How many requests a caller may make in a minute, counted by many processes that do not talk to each other.

A window is a minute of the clock. In it, a process spends from its own *share* of the limit. The share begins with a small
part that nobody else hears of, so a quiet caller costs no write. A process that has spent it adds what it has taken, and
the next block, to a counter that all processes have in common, and so on. What the counter has beyond the limit is not
granted::

    limit 6,000, a block of 60
    process A   60 free ─▶ counter += 120 (the 60 and the next 60) ─▶ 60 more ─▶ counter += 60 ─▶ … ─▶ 6,000: refused
    process B   60 free ─▶ counter += 120 …

So all processes together grant no more than the limit and a block for each process that has not asked the counter, or was
refused there. They may refuse a block for each process too early: what was granted to one and is not spent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

WINDOW_S: Final = 60
BLOCKS: Final = 100
"""Blocks of a limit: so many writes a window takes at the most, and one more for each process."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What a caller has left of a limit.

    Args:
        limit: what may be spent in a window.
        remaining: what is left, as far as this process knows.
        reset_s: whole seconds until the next window, 1 to 60.
        is_exceeded: whether the request was one too many; then nothing was spent.

    """

    limit: int
    remaining: int
    reset_s: int
    is_exceeded: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """What one process may spend of a limit in one window, and has.

    Args:
        limit: of all processes together.
        granted: what this process may spend.
        spent: what it has spent.
        leased: what of `granted` the counter knows.
        total: the counter, as it was last seen.
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
        """The share of a process at the beginning of a window."""
        return cls(limit, _block(limit))

    @property
    def remaining(self) -> int:
        """What is left of the limit, as far as this process knows."""
        return max(self.granted - self.spent + self.limit - max(self.total, self.granted), 0)

    def wanted(self, cost: int) -> int:
        """What to add to the counter before `cost` can be spent; 0 if it fits, or if there is no more to be had."""
        if self.is_used_up or self.spent + self.cost_of(cost) <= self.granted:
            return 0
        return self.granted - self.leased + max(_block(self.limit), self.spent + self.cost_of(cost) - self.granted)

    def counted(self, added: int, total: int) -> Share:
        """With what the counter grants: as much of what was `added` as was below the limit."""
        got = min(max(self.limit - (total - added), 0), added)
        leased = self.leased + got
        return replace(
            self, granted=max(self.granted, leased), leased=leased, total=min(total, self.limit), is_used_up=got < added
        )

    def uncounted(self, added: int) -> Share:
        """With what was asked for, since the counter does not answer: a limit is not worth an outage."""
        return replace(self, granted=self.leased + added)

    def spend(self, cost: int) -> Share | None:
        """After a request; ``None`` if there is not so much left."""
        spent = self.spent + self.cost_of(cost)
        return replace(self, spent=spent) if spent <= self.granted else None

    def cost_of(self, cost: int) -> int:
        """No request costs more than the whole limit: else it could never be made."""
        return min(cost, self.limit)


def _block(limit: int) -> int:
    return max(limit // BLOCKS, 1)
