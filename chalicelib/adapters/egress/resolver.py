"""Resolves names in threads of its own, since `getaddrinfo` blocks and has no timeout."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections import deque
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

THREADS_MAX: Final = 128
CACHE_S: Final = 5.0
"""How long a result is cached for the attempts of a batch: less than any relevant TTL.

It is measured by the wall clock: Lambda may freeze the process between two batches, and the monotonic clock with it.
"""
CACHE_MAX: Final = 2_000

_RESOLVER_OPTIONS: Final = "timeout:1 attempts:3"
"""See resolv.conf(5): if a name server does not answer, the thread is free after seconds, not after half a minute."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """The result of a lookup: addresses, or why there are none."""

    addresses: tuple[str, ...] = ()
    problem: str | None = None


class Resolver(Protocol):
    """Looks names up without blocking."""

    def submit(self, host: str, on_resolved: Callable[[Resolution], None]) -> None:
        """Look a name up and call `on_resolved` once: from another thread, or immediately if the result is cached."""


def system_lookup(host: str) -> tuple[str, ...]:
    """All addresses of a name, of both families, in the order of the system."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


class ThreadedResolver:
    """Looks names up in threads, one for each name, so that a slow name server delays only its own names.

    The threads are daemons: one that hangs in the C library must not keep the process alive. They end when no name waits.
    """

    def __init__(
        self,
        lookup: Callable[[str], tuple[str, ...]] = system_lookup,
        *,
        threads_max: int = THREADS_MAX,
        cache_s: float = CACHE_S,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        os.environ.setdefault("RES_OPTIONS", _RESOLVER_OPTIONS)
        self._lookup = lookup
        self._threads_max = threads_max
        self._cache_s = cache_s
        self._now_s = now_s
        self._lock = threading.Lock()
        self._threads = 0
        self._queue: deque[str] = deque()
        self._waiting: dict[str, list[Callable[[Resolution], None]]] = {}
        self._cache: dict[str, tuple[float, Resolution]] = {}

    def submit(self, host: str, on_resolved: Callable[[Resolution], None]) -> None:
        """Look a name up and call `on_resolved` once. Concurrent calls for the same name share one lookup."""
        with self._lock:
            cached = self._cached(host)
            if cached is None:
                self._enqueue(host, on_resolved)
        if cached is not None:
            on_resolved(cached)

    def resolve(self, host: str, within_s: float) -> Resolution | None:
        """Look a name up and wait for the result; ``None`` if it takes too long."""
        results: SimpleQueue[Resolution] = SimpleQueue()
        self.submit(host, results.put)
        try:
            return results.get(timeout=within_s)
        except Empty:
            return None

    def _cached(self, host: str) -> Resolution | None:
        since_s, resolution = self._cache.get(host, (0.0, None))
        return resolution if 0 <= self._now_s() - since_s < self._cache_s else None

    def _enqueue(self, host: str, on_resolved: Callable[[Resolution], None]) -> None:
        if host in self._waiting:
            self._waiting[host].append(on_resolved)
            return
        self._waiting[host] = [on_resolved]
        self._queue.append(host)
        if self._threads < self._threads_max:
            self._threads += 1
            threading.Thread(target=self._work, name="resolver", daemon=True).start()

    def _work(self) -> None:
        while (host := self._take()) is not None:
            resolution = self._look_up(host)
            for on_resolved in self._finish(host, resolution):
                on_resolved(resolution)

    def _take(self) -> str | None:
        """The next name. Without one, the thread ends, and is subtracted from the count under the same lock."""
        with self._lock:
            if self._queue:
                return self._queue.popleft()
            self._threads -= 1
            return None

    def _look_up(self, host: str) -> Resolution:
        try:
            addresses = self._lookup(host)
        except (OSError, UnicodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else None
            return Resolution(problem=reason or "the name cannot be looked up")
        return Resolution(addresses) if addresses else Resolution(problem="the name has no address")

    def _finish(self, host: str, resolution: Resolution) -> list[Callable[[Resolution], None]]:
        with self._lock:
            if resolution.problem is None:
                if len(self._cache) >= CACHE_MAX:
                    self._cache.clear()
                self._cache[host] = (self._now_s(), resolution)
            return self._waiting.pop(host)
