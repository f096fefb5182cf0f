"""Connections to AWS are not used again once they have been idle for too long, as the wall clock counts.

Lambda freezes an execution environment between invocations (docs.aws.amazon.com, Lambda Developer Guide, "Understanding the
Lambda execution environment lifecycle"). AWS closes idle connections meanwhile, which the environment may not see. A request
on such a connection fails only at the read timeout, 5 s later. The wall clock decides, because AWS does not say whether the
monotonic clock goes on in a freeze (aws/aws-lambda-web-adapter#830 measured that it does).

The events are documented in Boto3's "Extensibility guide" (docs.aws.amazon.com/boto3/latest/guide/events.html).
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

IDLE_MAX_S: Final = 50.0
"""Less than the minute after which load balancers commonly drop an idle connection."""


class KeptConnections:
    """Has a client close its connections before a request that would go out on one that was idle for too long.

    urllib3 keeps connections on a stack: the one that came back last is used first. So the connection that the nth request
    at a time gets was used last when n requests were under way; that time is noted for each n.
    """

    def __init__(self, client: Any, now_s: Callable[[], float]) -> None:  # noqa: ANN401 - a client of any service
        self._client = client
        self._now_s = now_s
        self._lock = threading.Lock()
        self._under_way = 0
        self._used_at_s: list[float] = []

    def begin(self, **_: object) -> None:
        """A request is about to be sent."""
        with self._lock:
            is_old = self._is_old(self._under_way)
            self._under_way += 1
            if is_old:
                self._used_at_s.clear()
        if is_old:
            self._client.close()

    def end(self, **_: object) -> None:
        """A request is over, whatever came of it."""
        with self._lock:
            self._used_at_s[: self._under_way] = [self._now_s()] * self._under_way
            self._under_way = max(
                self._under_way - 1, 0
            )  # a handler that answers in AWS's place may have hidden the beginning

    def _is_old(self, depth: int) -> bool:
        """Whether the connection at that depth of the stack was idle for too long; a clock that was set back cannot say."""
        return depth < len(self._used_at_s) and not 0 <= self._now_s() - self._used_at_s[depth] <= IDLE_MAX_S


def watch(client: Any, now_s: Callable[[], float] = time.time) -> None:  # noqa: ANN401 - a client of any service
    """Keep the connections of a client from growing old; `now_s` is the wall clock."""
    kept = KeptConnections(client, now_s)
    client.meta.events.register("before-call", kept.begin)
    client.meta.events.register("after-call", kept.end)
    client.meta.events.register("after-call-error", kept.end)
