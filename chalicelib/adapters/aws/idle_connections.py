"""Connections to AWS are not reused after they have been idle for too long by the wall clock.

Lambda freezes an execution environment between invocations (docs.aws.amazon.com, Lambda Developer Guide, "Understanding the
Lambda execution environment lifecycle"). Meanwhile AWS closes idle connections, which the environment may not notice. A
request on such a connection fails only at the read timeout, 5 s later. The wall clock decides, because AWS does not say
whether the monotonic clock continues during a freeze (aws/aws-lambda-web-adapter#830 measured that it does).

The events are documented in Boto3's "Extensibility guide" (docs.aws.amazon.com/boto3/latest/guide/events.html).
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

IDLE_MAX_S: Final = 50.0
"""Less than the minute after which load balancers usually drop an idle connection."""


class IdleConnections:
    """Makes a client close its connections before a request that would use one that was idle for too long.

    urllib3 keeps idle connections on a stack: the one that was returned last is used first. So if n requests are in flight,
    the next one gets the connection that was last used when n + 1 were in flight. That time is stored for each n.
    """

    def __init__(self, client: Any, now_s: Callable[[], float]) -> None:  # noqa: ANN401 - a client of any service
        self._client = client
        self._now_s = now_s
        self._lock = threading.Lock()
        self._under_way = 0
        self._used_at_s: list[float] = []

    def begin(self, **_: object) -> None:
        """Called before a request is sent."""
        with self._lock:
            is_old = self._is_old(self._under_way)
            self._under_way += 1
            if is_old:
                self._used_at_s.clear()
        if is_old:
            self._client.close()

    def end(self, **_: object) -> None:
        """Called after a request, whether it succeeded or failed."""
        with self._lock:
            self._used_at_s[: self._under_way] = [self._now_s()] * self._under_way
            self._under_way = max(
                self._under_way - 1, 0
            )  # a handler that responds in place of AWS may have prevented the call of `begin`

    def _is_old(self, depth: int) -> bool:
        """Whether the connection at that depth of the stack was idle for too long, or the clock was set back."""
        return depth < len(self._used_at_s) and not 0 <= self._now_s() - self._used_at_s[depth] <= IDLE_MAX_S


def watch(client: Any, now_s: Callable[[], float] = time.time) -> None:  # noqa: ANN401 - a client of any service
    """Prevent a client from reusing old connections; `now_s` is the wall clock."""
    connections = IdleConnections(client, now_s)
    client.meta.events.register("before-call", connections.begin)
    client.meta.events.register("after-call", connections.end)
    client.meta.events.register("after-call-error", connections.end)
