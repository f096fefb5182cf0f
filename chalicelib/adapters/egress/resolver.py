"""Names to addresses, off the sender's thread: `getaddrinfo` blocks, and knows no deadline."""

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
KEPT_S: Final = 5.0
"""How long an answer is good for the attempts of one batch: shorter than any time to live that matters.

By the wall clock: Lambda may freeze the process between two batches, and the monotonic clock with it.
"""
KEPT_MAX: Final = 2_000

_RESOLVER_OPTIONS: Final = "timeout:1 attempts:3"
"""See resolv.conf(5): a name whose server is silent frees its thread after seconds, not after half a minute."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a name leads to: addresses, or why there are none."""

    addresses: tuple[str, ...] = ()
    problem: str | None = None


class Resolver(Protocol):
    """Looks names up without making anybody wait."""

    def submit(self, host: str, tell: Callable[[Resolution], None]) -> None:
        """Look a name up and call `tell` once: from another thread, or at once where the answer is at hand."""


def system_lookup(host: str) -> tuple[str, ...]:
    """All addresses of a name, of both families, in the system's order."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


class ThreadedResolver:
    """Looks names up in threads, one for each name at a time, so that a silent server delays its own names alone.

    Threads are daemons: one that hangs in the C library must not keep the process. They end when no name waits.
    """

    def __init__(
        self,
        lookup: Callable[[str], tuple[str, ...]] = system_lookup,
        *,
        threads_max: int = THREADS_MAX,
        kept_s: float = KEPT_S,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        os.environ.setdefault("RES_OPTIONS", _RESOLVER_OPTIONS)
        self._lookup = lookup
        self._threads_max = threads_max
        self._kept_s = kept_s
        self._now_s = now_s
        self._lock = threading.Lock()
        self._threads = 0
        self._queue: deque[str] = deque()
        self._waiting: dict[str, list[Callable[[Resolution], None]]] = {}
        self._kept: dict[str, tuple[float, Resolution]] = {}

    def submit(self, host: str, tell: Callable[[Resolution], None]) -> None:
        """Look a name up and call `tell` once; several who ask for the same name share one look-up."""
        with self._lock:
            kept = self._fresh(host)
            if kept is None:
                self._ask(host, tell)
        if kept is not None:
            tell(kept)

    def resolve(self, host: str, within_s: float) -> Resolution | None:
        """Look a name up and wait for the answer; ``None`` where it takes too long."""
        answers: SimpleQueue[Resolution] = SimpleQueue()
        self.submit(host, answers.put)
        try:
            return answers.get(timeout=within_s)
        except Empty:
            return None

    def _fresh(self, host: str) -> Resolution | None:
        since_s, resolution = self._kept.get(host, (0.0, None))
        return resolution if 0 <= self._now_s() - since_s < self._kept_s else None

    def _ask(self, host: str, tell: Callable[[Resolution], None]) -> None:
        if host in self._waiting:
            self._waiting[host].append(tell)
            return
        self._waiting[host] = [tell]
        self._queue.append(host)
        if self._threads < self._threads_max:
            self._threads += 1
            threading.Thread(target=self._work, name="resolver", daemon=True).start()

    def _work(self) -> None:
        while (host := self._take()) is not None:
            resolution = self._look_up(host)
            for tell in self._settle(host, resolution):
                tell(resolution)

    def _take(self) -> str | None:
        """The next name; without one the thread ends, and is uncounted under the same lock."""
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

    def _settle(self, host: str, resolution: Resolution) -> list[Callable[[Resolution], None]]:
        with self._lock:
            if resolution.problem is None:
                if len(self._kept) >= KEPT_MAX:
                    self._kept.clear()
                self._kept[host] = (self._now_s(), resolution)
            return self._waiting.pop(host)
