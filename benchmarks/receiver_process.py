"""A fast receiver. It runs in a process of its own, records when each request arrived, and answers as the path says.

    python -m benchmarks.receiver_process ANSWER

It prints its port. `POST /300/200/…` is answered with 200 after 300 ms. For the time `never` there is no answer.
`GET /` returns the requests, one per line: number, seconds of the monotonic clock, path. ANSWER is JSON with the headers and
the body of every answer. The receiver understands only what the service sends, so that it is not what is measured.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from typing import Final

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_NUMBER: Final = re.compile(rb'"text": ?"(\d+)"')
_HEAD_END: Final = b"\r\n\r\n"
_NEVER: Final = b"never"
_arrivals: Final[list[bytes]] = []


class Connection(asyncio.Protocol):
    """One connection, kept alive."""

    def __init__(self, head: bytes, body: bytes) -> None:
        self._head = head
        self._body = body
        self._buffer = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport for the answers."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a stream has no other
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each complete request."""
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
            self._answer(b"200", b"", b"\n".join(_arrivals))
            return
        number = _NUMBER.search(body)
        _arrivals.append(b"%s %.6f %s" % (number[1] if number else b"-1", time.monotonic(), path))
        _, after_ms, status, *_ = path.split(b"/")
        if after_ms == b"0":
            self._answer(status, self._head, self._body)
        elif after_ms != _NEVER:
            asyncio.get_running_loop().call_later(int(after_ms) / 1000, self._answer, status, self._head, self._body)

    def _answer(self, status: bytes, head: bytes, body: bytes) -> None:
        self._transport.write(b"HTTP/1.1 %s x\r\n%sContent-Length: %d\r\n\r\n%s" % (status, head, len(body), body))


async def serve(headers: dict[str, str], body: str) -> None:
    """Serve until the process is killed."""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if name.lower() != "content-length").encode()
    content = body.encode()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(head, content), "127.0.0.1", 0, backlog=1_024)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - the parent process waits for it
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(**json.loads(sys.argv[1])))
