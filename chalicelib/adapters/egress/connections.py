"""Connections that are kept for the next request: used again only while the receiver has kept quiet.

libcurl looks at a kept connection only where it has been idle for a second, and never at what its TLS layer has read ahead.
So a receiver that sends more than it was asked for would have it taken for the answer to the next request. And libcurl sends
a request again, by itself, where a kept connection dies before a whole line has come: even then an answer had begun. What
the kernel has counted settles both.

Lambda freezes an execution environment between invocations (docs.aws.amazon.com, Lambda Developer Guide, "Understanding the
Lambda execution environment lifecycle"). A connection may die meanwhile, which the environment may not see, and libcurl goes
by the monotonic clock. So the age of a kept connection is counted by the wall clock.
"""

from __future__ import annotations

import os
import select
import socket
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

import pycurl

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.ports import Clock

NOTED_MAX: Final = 4_096
CONNECTION_IDLE_S: Final = 50
"""Less than the minute after which load balancers commonly drop an idle connection."""
_YOUNG: Final = timedelta(seconds=CONNECTION_IDLE_S)
_NO_TIME: Final = timedelta(0)
_TCP_INFO: Final = getattr(socket, "TCP_INFO", None)
_BYTES_RECEIVED: Final = slice(128, 136)
"""Where `tcpi_bytes_received` stands in Linux's ``struct tcp_info`` (linux/tcp.h, since 4.1); `tcpi_state` is at 0."""
_CLOSE_WAIT: Final = 8
"""The state after the receiver's FIN, which is counted as a byte."""


class KeptConnection:
    """A connection about to be used again, watched through a descriptor of its own until the request is over."""

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=os.dup(descriptor))
        self._received = _bytes_received(self._socket)

    def is_clean(self) -> bool:
        """Whether it is open, and the kernel holds nothing that the receiver has said on it."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return not poll.poll(0)

    def has_spoken(self) -> bool | None:
        """Whether the receiver has said anything since the watch began; ``None`` where the system cannot tell."""
        return None if self._received is None else _bytes_received(self._socket) != self._received

    def close(self) -> None:
        """Watch no more."""
        self._socket.close()


class _Noted(NamedTuple):
    """A connection that a request has left open."""

    descriptor: int
    at: datetime


class KeptConnections:
    """Knows the connections that requests have left open, by their local address."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._noted: dict[tuple[str, int], _Noted] = {}

    def note(self, curl: pycurl.Curl) -> None:
        """Note the connection that an ended transfer leaves open, if it does."""
        descriptor = curl.getinfo(pycurl.ACTIVESOCKET)
        if descriptor < 0:
            return
        if len(self._noted) >= NOTED_MAX:
            # Most are closed by now. Those that are not will count as unknown, and be left for a new one.
            self._noted.clear()
        self._noted[curl.getinfo(pycurl.LOCAL_IP), curl.getinfo(pycurl.LOCAL_PORT)] = _Noted(descriptor, self._clock.now())

    def take(self, local_ip: str, local_port: int) -> KeptConnection | None:
        """The connection, to be watched; ``None`` if it is not known, not clean, or was idle for too long."""
        noted = self._noted.pop((local_ip, local_port), None)
        if noted is None or not _NO_TIME <= self._clock.now() - noted.at <= _YOUNG:  # a clock that was set back cannot say
            return None
        kept = KeptConnection(noted.descriptor)
        if kept.is_clean():
            return kept
        kept.close()
        return None


def _bytes_received(connection: socket.socket) -> int | None:
    if _TCP_INFO is None:
        return None
    info = connection.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, _BYTES_RECEIVED.stop)
    if len(info) < _BYTES_RECEIVED.stop:
        return None
    return int.from_bytes(info[_BYTES_RECEIVED], sys.byteorder) - (info[0] == _CLOSE_WAIT)
