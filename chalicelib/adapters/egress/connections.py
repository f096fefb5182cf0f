"""Decides whether an idle connection may be reused: only if the receiver has sent nothing on it.

libcurl checks an idle connection only if it has been idle for a second, and never checks what its TLS layer has read ahead.
So if a receiver sends more than one response, the rest would be taken as the response to the next request. Also, libcurl
itself sends a request again if a reused connection breaks before a whole line was received, even though a response had
begun. The kernel's count of received bytes decides both cases.

Lambda freezes an execution environment between invocations (docs.aws.amazon.com, Lambda Developer Guide, "Understanding the
Lambda execution environment lifecycle"). Meanwhile a connection may break, which the environment may not notice, and libcurl
uses the monotonic clock. So the age of an idle connection is measured by the wall clock.
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
"""Less than the minute after which load balancers usually drop an idle connection."""
_YOUNG: Final = timedelta(seconds=CONNECTION_IDLE_S)
_NO_TIME: Final = timedelta(0)
_TCP_INFO: Final = getattr(socket, "TCP_INFO", None)
_BYTES_RECEIVED: Final = slice(128, 136)
"""The offset of `tcpi_bytes_received` in Linux's ``struct tcp_info`` (linux/tcp.h, since 4.1); `tcpi_state` is at 0."""
_CLOSE_WAIT: Final = 8
"""The state after the receiver's FIN, which counts as a received byte."""


class ReusedConnection:
    """A connection that a request reuses, watched through its own file descriptor until the request ends."""

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=os.dup(descriptor))
        self._received = _bytes_received(self._socket)

    def is_clean(self) -> bool:
        """Whether it is open and the kernel has no unread data of the receiver."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return not poll.poll(0)

    def has_received(self) -> bool | None:
        """Whether anything was received since the watch began; ``None`` if the system does not count it."""
        return None if self._received is None else _bytes_received(self._socket) != self._received

    def close(self) -> None:
        """Stop watching."""
        self._socket.close()


class _Noted(NamedTuple):
    """A connection that a request left open, and when."""

    descriptor: int
    at: datetime


class IdleConnections:
    """The connections that requests left open, by their local address."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._noted: dict[tuple[str, int], _Noted] = {}

    def note(self, curl: pycurl.Curl) -> None:
        """Remember the connection of an ended transfer, if it is still open."""
        descriptor = curl.getinfo(pycurl.ACTIVESOCKET)
        if descriptor < 0:
            return
        if len(self._noted) >= NOTED_MAX:
            # Most are closed by now. The others will count as unknown and not be reused.
            self._noted.clear()
        self._noted[curl.getinfo(pycurl.LOCAL_IP), curl.getinfo(pycurl.LOCAL_PORT)] = _Noted(descriptor, self._clock.now())

    def take(self, local_ip: str, local_port: int) -> ReusedConnection | None:
        """The connection, watched from now on; ``None`` if it is unknown, not clean, or was idle for too long."""
        noted = self._noted.pop((local_ip, local_port), None)
        if noted is None or not _NO_TIME <= self._clock.now() - noted.at <= _YOUNG:  # also if the clock was set back
            return None
        reused = ReusedConnection(noted.descriptor)
        if reused.is_clean():
            return reused
        reused.close()
        return None


def _bytes_received(connection: socket.socket) -> int | None:
    if _TCP_INFO is None:
        return None
    info = connection.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, _BYTES_RECEIVED.stop)
    if len(info) < _BYTES_RECEIVED.stop:
        return None
    return int.from_bytes(info[_BYTES_RECEIVED], sys.byteorder) - (info[0] == _CLOSE_WAIT)
