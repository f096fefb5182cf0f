"""The rate limits of each key and each user. They apply to every request with a valid key."""

from __future__ import annotations

import logging
import math
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Final

from chalicelib.domain.directory.rate_limit import WINDOW_S, Balance, Share
from chalicelib.domain.errors import Unavailable

if TYPE_CHECKING:
    from chalicelib.access.ports import Counters
    from chalicelib.domain.directory.users import Caller
    from chalicelib.ports import Clock

log = logging.getLogger(__name__)

_KEPT: Final = timedelta(minutes=10)
"""How long a counter is kept after its window: clocks differ, and DynamoDB deletes expired items with a delay."""
_SHARES_MAX: Final = 10_000
"""The number of callers that a process remembers. After that it starts again, which costs each of them a block."""


class RateLimiter:
    """Counts requests: first in the process, and then in a counter that all processes share."""

    def __init__(self, *, counters: Counters, clock: Clock, per_key_max: int, per_user_max: int) -> None:
        self._counters = counters
        self._clock = clock
        self._per_key_max = per_key_max
        self._per_user_max = per_user_max
        self._window = 0
        self._shares: dict[str, Share] = {}
        self._lock = Lock()

    def spend(self, caller: Caller, cost: int) -> Balance | None:
        """Count a request; return the state of the limit that is nearer, ``None`` if there is no limit.

        A request that exceeds the key's limit does not count for the user.
        """
        limits = ((f"key|{caller.key_id}", self._per_key_max), (f"user|{caller.user_id}", self._per_user_max))
        nearest: Balance | None = None
        with self._lock:
            now = self._clock.now()
            self._turn(int(now.timestamp()) // WINDOW_S)
            for name, limit in limits:
                if limit == 0:
                    continue
                balance = self._spent(name, limit, cost, now)
                if balance.is_exceeded:
                    return balance
                nearest = balance if nearest is None or balance.remaining < nearest.remaining else nearest
        return nearest

    def _spent(self, name: str, limit: int, cost: int, now: datetime) -> Balance:
        share = self._shares.get(name) or Share.fresh(limit)
        needed = share.lease_needed(cost)
        if needed:
            share = self._leased(name, share, needed)
        after = share.spend(cost)
        self._shares[name] = after or share
        reset_s = max(math.ceil((self._window + 1) * WINDOW_S - now.timestamp()), 1)
        if after is None:
            return Balance(limit, 0, reset_s, is_exceeded=True)
        return Balance(limit, after.remaining, reset_s)

    def _leased(self, name: str, share: Share, needed: int) -> Share:
        ends_at = datetime.fromtimestamp((self._window + 1) * WINDOW_S, UTC)
        try:
            total = self._counters.add(f"{name}|{self._window}", needed, ends_at + _KEPT)
        except Unavailable as error:
            log.warning("rate_limit.not_counted", extra={"reason": error.message})
            return share.uncounted(needed)
        return share.counted(needed, total)

    def _turn(self, window: int) -> None:
        """Forget the counts of the previous window."""
        if window != self._window or len(self._shares) >= _SHARES_MAX:
            self._shares = {}
            self._window = window
