"""Connections that are kept for the next request: used again only while the receiver has kept quiet.

libcurl looks at a kept connection only where it has been idle for a second, and never at what its TLS layer has read ahead.
So a receiver that sends more than it was asked for would have it taken for the answer to the next request. And libcurl sends
a request again, by itself, where a kept connection dies before a whole line has come: even then an answer had begun. What
the kernel has counted settles both.
"""

from __future__ import annotations

import os
import select
import socket
import sys
from typing import Final

import pycurl

NOTED_MAX: Final = 4_096
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


class KeptConnections:
    """Knows the descriptors of connections that a request has left open, by their local address."""

    def __init__(self) -> None:
        self._descriptors: dict[tuple[str, int], int] = {}

    def note(self, curl: pycurl.Curl) -> None:
        """Note the connection that an ended transfer leaves open, if it does."""
        descriptor = curl.getinfo(pycurl.ACTIVESOCKET)
        if descriptor < 0:
            return
        if len(self._descriptors) >= NOTED_MAX:
            # Most are closed by now. Those that are not will count as unknown, and be left for a new one.
            self._descriptors.clear()
        self._descriptors[curl.getinfo(pycurl.LOCAL_IP), curl.getinfo(pycurl.LOCAL_PORT)] = descriptor

    def take(self, local_ip: str, local_port: int) -> KeptConnection | None:
        """The connection, to be watched; ``None`` where it is not known, or not clean."""
        descriptor = self._descriptors.pop((local_ip, local_port), None)
        if descriptor is None:
            return None
        kept = KeptConnection(descriptor)
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
