"""A light receiver in a process of its own: notes when each request was there, and answers as its path says.

    python -m benchmarks.engine.receiver

It says its port on a line. `POST /300/200/…` is answered with 200 after 300 ms; a path of `never` in the place of the time
gets no answer. `GET /` tells what came in, a line each: number, seconds of the monotonic clock, path. It understands what
the service sends and no more, so that it is not what is measured.
"""

from __future__ import annotations

import asyncio
import re
import time
from typing import Final

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_NUMBER: Final = re.compile(rb'"text": ?"(\d+)"')
_HEAD_END: Final = b"\r\n\r\n"
_NEVER: Final = b"never"
_arrivals: Final[list[bytes]] = []


class Connection(asyncio.Protocol):
    """One kept-alive connection, a request at a time."""

    def __init__(self) -> None:
        self._buffer = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where answers go."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a stream has no other
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take what came in, and answer each request that is whole."""
        self._buffer += data
        while (end := self._buffer.find(_HEAD_END)) >= 0:
            head, length = self._buffer[:end], 0
            if found := _LENGTH.search(head):
                length = int(found[1])
            whole = end + len(_HEAD_END) + length
            if len(self._buffer) < whole:
                return
            body, self._buffer = self._buffer[whole - length : whole], self._buffer[whole:]
            method, path, _ = head.split(b" ", 2)
            self._take(method, path, body)

    def _take(self, method: bytes, path: bytes, body: bytes) -> None:
        if method == b"GET":
            self._answer(b"200", b"\n".join(_arrivals))
            return
        number = _NUMBER.search(body)
        _arrivals.append(b"%s %.6f %s" % (number[1] if number else b"-1", time.monotonic(), path))
        _, after_ms, status, *_ = path.split(b"/")
        if after_ms == b"0":
            self._answer(status, b"")
        elif after_ms != _NEVER:
            asyncio.get_running_loop().call_later(int(after_ms) / 1000, self._answer, status, b"")

    def _answer(self, status: bytes, body: bytes) -> None:
        self._transport.write(b"HTTP/1.1 %s x\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))


async def serve() -> None:
    """Serve until the process is ended."""
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", 0, backlog=1_024)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - its starter waits for it
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
