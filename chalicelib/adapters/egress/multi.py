"""libcurl's multi interface on a selector: any number of transfers on one thread.

`socket_action` is called for the sockets that are ready, so the cost of a turn is proportional to their number. With `fdset`
and `select` it would be proportional to all sockets, and limited to descriptor 1,023.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import threading
import time
from typing import Final, NamedTuple

import pycurl

_EVENTS: Final = {
    pycurl.POLL_IN: selectors.EVENT_READ,
    pycurl.POLL_OUT: selectors.EVENT_WRITE,
    pycurl.POLL_INOUT: selectors.EVENT_READ | selectors.EVENT_WRITE,
}
_READY: Final = {
    selectors.EVENT_READ: pycurl.CSELECT_IN,
    selectors.EVENT_WRITE: pycurl.CSELECT_OUT,
    selectors.EVENT_READ | selectors.EVENT_WRITE: pycurl.CSELECT_IN | pycurl.CSELECT_OUT,
}
_WAKE_BYTES: Final = 4_096


class Ended(NamedTuple):
    """A transfer that libcurl has ended: its handle, the error's number (0 for none) and libcurl's message."""

    curl: pycurl.Curl
    code: int
    message: str


class Multi:
    """Runs transfers, one turn of the event loop at a time."""

    def __init__(self, idle_connections_max: int) -> None:
        self._timer_at: float | None = None
        self._selector = selectors.DefaultSelector()
        self._wake_lock = threading.Lock()
        self._wake_out, self._wake_in = os.pipe()
        os.set_blocking(self._wake_out, False)
        os.set_blocking(self._wake_in, False)
        self._selector.register(self._wake_out, selectors.EVENT_READ)
        self._is_closed = False
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._set_timer)
        self._multi.setopt(pycurl.M_MAXCONNECTS, idle_connections_max)

    def add(self, curl: pycurl.Curl) -> None:
        """Start a transfer. Its first step runs in the next turn."""
        self._multi.add_handle(curl)

    def remove(self, curl: pycurl.Curl) -> None:
        """Remove a transfer. If it has not ended, its connection is closed."""
        self._multi.remove_handle(curl)

    def turn(self, until: float) -> list[Ended]:
        """Wait for events until `until` (monotonic) at most, process them, and return the transfers that ended."""
        due = until if self._timer_at is None else min(until, self._timer_at)
        for key, events in self._selector.select(max(due - time.monotonic(), 0)):
            if key.fd == self._wake_out:
                os.read(self._wake_out, _WAKE_BYTES)
            else:
                self._multi.socket_action(key.fd, _READY[events])
        if self._timer_at is not None and self._timer_at <= time.monotonic():
            self._timer_at = None
            self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        return self._ended()

    def wake(self) -> None:
        """Interrupt the wait of a turn, from any thread. It has no effect after the loop is closed."""
        # If the pipe is full, the loop has been woken already.
        with self._wake_lock, contextlib.suppress(BlockingIOError):
            if not self._is_closed:
                os.write(self._wake_in, b"\x00")

    def close(self) -> None:
        """Close all connections and the loop."""
        with self._wake_lock:
            self._is_closed = True
            os.close(self._wake_in)
            os.close(self._wake_out)
        self._multi.close()
        self._selector.close()

    def _ended(self) -> list[Ended]:
        ended: list[Ended] = []
        is_more = True
        while is_more:
            left, succeeded, failed = self._multi.info_read()
            ended += [Ended(curl, 0, "") for curl in succeeded]
            ended += [Ended(curl, code, message) for curl, code, message in failed]
            is_more = left > 0
        return ended

    def _watch(self, event: int, descriptor: int, _multi: object, _data: object) -> None:
        """Register the events that libcurl waits for on a socket."""
        if event == pycurl.POLL_REMOVE:
            self._selector.unregister(descriptor)
        elif descriptor in self._selector.get_map():
            self._selector.modify(descriptor, _EVENTS[event])
        else:
            self._selector.register(descriptor, _EVENTS[event])

    def _set_timer(self, wait_ms: int) -> None:
        """Store the time at which libcurl must be called. It must not be called from this callback."""
        self._timer_at = None if wait_ms < 0 else time.monotonic() + wait_ms / 1000
