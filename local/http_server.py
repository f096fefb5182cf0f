"""The HTTP server of the engine. It has only as much of HTTP/1.1 as AWS clients use.

Hypercorn, which ministack brings, takes more CPU for a request than DynamoDB or SQS. If a client disconnects, this server
cancels its request, so that the long poll of a killed worker receives no message. It refuses requests of web pages, because
the engine has no authentication.
"""

from __future__ import annotations

import asyncio
import logging
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast
from urllib.parse import unquote

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Coroutine

    Application = Callable[[dict[str, Any], Any, Any], Coroutine[Any, Any, None]]
    Headers = list[tuple[bytes, bytes]]

logger = logging.getLogger(__name__)

_HEAD_END: Final = b"\r\n\r\n"
_HEAD_BYTES_MAX: Final = 65_536
_BODY_BYTES_MAX: Final = 33_554_432
"""Twice DynamoDB's largest request."""
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_PAGE_HEADERS: Final = frozenset({b"origin", b"referer", b"sec-fetch-site", b"access-control-request-method"})
_HOST: Final = re.compile(rb"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?")


class BadRequest(Exception):
    """A request that the server refuses."""

    def __init__(self, status: HTTPStatus) -> None:
        self.status = status


class Head(NamedTuple):
    """The head of a request. The names of headers are in lower case."""

    method: bytes
    target: bytes
    headers: Headers
    body_bytes: int
    is_last: bool
    expects_continue: bool


async def serve(application: Application, listening: socket.socket, stop: asyncio.Event) -> None:
    """Start the application (ASGI's lifespan protocol), and serve it on a listening socket until `stop` is set."""
    messages: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    started: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

    async def send(message: dict[str, Any]) -> None:
        started.set_result(message)

    messages.put_nowait({"type": "lifespan.startup"})
    lifespan = asyncio.create_task(application({"type": "lifespan"}, messages.get, send))  # the loop's reference is weak
    answer = await started
    if answer["type"] != "lifespan.startup.complete":
        raise RuntimeError(answer.get("message", "the application did not start"))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(application), sock=listening, backlog=1_024)
    await stop.wait()
    server.close()
    lifespan.cancel()


def parse(head: bytes) -> Head:
    """Parse a request's head, without the empty line at its end. Raise `BadRequest` if it is invalid."""
    first, *lines = head.split(b"\r\n")
    parts = first.split(b" ")
    headers = [(name.lower(), value.strip()) for name, colon, value in (line.partition(b":") for line in lines) if colon]
    if len(parts) != 3 or len(headers) != len(lines):  # noqa: PLR2004 - method, target, version
        raise BadRequest(HTTPStatus.BAD_REQUEST)
    if not _is_from_program(headers):
        raise BadRequest(HTTPStatus.FORBIDDEN)
    named = dict(headers)
    if b"transfer-encoding" in named:
        raise BadRequest(HTTPStatus.LENGTH_REQUIRED)
    length = named.get(b"content-length", b"0")
    if not length.isdigit():
        raise BadRequest(HTTPStatus.BAD_REQUEST)
    if int(length) > _BODY_BYTES_MAX:
        raise BadRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    is_last = parts[2] == b"HTTP/1.0" or named.get(b"connection", b"").lower() == b"close"
    return Head(parts[0], parts[1], headers, int(length), is_last, named.get(b"expect", b"").lower() == b"100-continue")


def _is_from_program(headers: Headers) -> bool:
    """Whether a request comes from a program on this machine, and not from a web page in its browser.

    A browser names the page (Fetch Standard, "Origin header"; Fetch Metadata Request Headers, "Sec-Fetch-Site") and the
    host. A host that is not this machine's is a page's own name that resolves to 127.0.0.1 (DNS rebinding).
    """
    return all(
        name not in _PAGE_HEADERS and (name != b"host" or _HOST.fullmatch(value) is not None) for name, value in headers
    )


class _Connection(asyncio.Protocol):
    """One client's connection. It has one request at a time."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._buffer = bytearray()
        self._head: Head | None = None
        self._answering: asyncio.Task[None] | None = None
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # a stream has no other

    def connection_lost(self, _error: Exception | None) -> None:
        if self._answering is not None:
            self._answering.cancel()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._continue()

    def _continue(self) -> None:
        """Start the next request, if it is complete and the previous one is answered."""
        if self._answering is not None:
            return
        try:
            if self._head is None:
                self._read_head()
        except BadRequest as error:
            self._write(error.status, [], b"", is_last=True)
            return
        if self._head is not None and len(self._buffer) >= self._head.body_bytes:
            body = bytes(self._buffer[: self._head.body_bytes])
            del self._buffer[: self._head.body_bytes]
            self._answering = asyncio.get_running_loop().create_task(self._answer(self._head, body))
            self._head = None

    def _read_head(self) -> None:
        """Take a complete head off the buffer."""
        head, end, rest = self._buffer.partition(_HEAD_END)
        if len(head) > _HEAD_BYTES_MAX:
            raise BadRequest(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if not end:
            return
        self._head, self._buffer = parse(bytes(head)), rest
        if self._head.expects_continue and len(self._buffer) < self._head.body_bytes:
            self._transport.write(_CONTINUE)

    async def _answer(self, head: Head, body: bytes) -> None:
        """Run the application, and write its response."""
        status, headers, parts = 500, list[tuple[bytes, bytes]](), bytearray()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], list(message["headers"])
            else:
                parts.extend(message.get("body", b""))

        try:
            await self._application(_scope(head), receive, send)
        except Exception:  # the application is not ours
            logger.exception("engine: a request failed")
            status, headers, parts = 500, [], bytearray()
        self._write(status, headers, b"" if head.method == b"HEAD" else bytes(parts), is_last=head.is_last)
        self._answering = None
        self._continue()

    def _write(self, status: int, headers: Headers, body: bytes, *, is_last: bool) -> None:
        """Write a response, without CORS headers: no web page may read it."""
        kept = (each for each in headers if not each[0].lower().startswith(b"access-control-"))
        lines = [b"HTTP/1.1 %d x" % status, *(b"%s: %s" % each for each in kept)]
        if all(name.lower() != b"content-length" for name, _ in headers):
            lines.append(b"Content-Length: %d" % len(body))
        if is_last:
            lines.append(b"Connection: close")
        self._transport.write(b"\r\n".join(lines) + _HEAD_END + body)
        if is_last:
            self._transport.close()


def _scope(head: Head) -> dict[str, Any]:
    path, _, query = head.target.partition(b"?")
    return {
        "type": "http",
        "http_version": "1.1",
        "method": head.method.decode("latin-1"),
        "scheme": "http",
        "path": unquote(path.decode("latin-1")),
        "raw_path": path,
        "query_string": query,
        "headers": head.headers,
    }
