"""The engine's HTTP: as much of HTTP/1.1 as clients of AWS speak, for an ASGI application.

A server that knows all of HTTP took more of the engine's time than DynamoDB and SQS together. This one has what matters here
besides: a request whose client is gone is given up, so that the long poll of a worker that was killed takes no message.
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
    from collections.abc import Awaitable, Callable

    Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

logger = logging.getLogger(__name__)

_HEAD_END: Final = b"\r\n\r\n"
_HEAD_BYTES_MAX: Final = 65_536
_BODY_BYTES_MAX: Final = 33_554_432
"""Twice the largest request that DynamoDB takes."""
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_BACKLOG: Final = 1_024
_PAGES_HEADERS: Final = frozenset({b"origin", b"referer", b"sec-fetch-site", b"access-control-request-method"})
_HOST: Final = re.compile(rb"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?")
_LIFESPAN: Final = {"type": "lifespan", "asgi": {"version": "3.0"}}


class BadRequest(Exception):
    """What came in is no request that this server takes; the status says why."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class Head(NamedTuple):
    """A request's head, and how many bytes of body follow it; the names of headers are in lower case."""

    method: bytes
    target: bytes
    headers: list[tuple[bytes, bytes]]
    body_bytes: int
    is_last: bool
    expects_continue: bool


async def open_door(application: Application, listening: socket.socket) -> asyncio.Server:
    """Start the application, and serve it on a socket that the caller owns."""
    await _start(application)
    return await asyncio.get_running_loop().create_server(lambda: _Connection(application), sock=listening, backlog=_BACKLOG)


async def _start(application: Application) -> None:
    """Let the application start (ASGI's lifespan protocol), and never hear of an end: the process just ends."""
    messages: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    started: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

    async def send(message: dict[str, Any]) -> None:
        started.set_result(message)

    messages.put_nowait({"type": "lifespan.startup"})
    _LIVES.add(asyncio.ensure_future(application(dict(_LIFESPAN), messages.get, send)))
    answer = await started
    if answer["type"] != "lifespan.startup.complete":
        raise RuntimeError(answer.get("message", "the application did not start"))


_LIVES: Final[set[asyncio.Future[None]]] = set()
"""An event loop holds its tasks weakly."""


def parse(head: bytes) -> Head:
    """A request's head, without the empty line at its end; raise `BadRequest` for what is none."""
    first, *lines = head.split(b"\r\n")
    parts = first.split(b" ")
    headers = [(name.lower(), value.strip()) for name, colon, value in (line.partition(b":") for line in lines) if colon]
    if len(parts) != 3 or len(headers) != len(lines):  # noqa: PLR2004 - method, target, version
        raise BadRequest(HTTPStatus.BAD_REQUEST)
    named = dict(headers)
    if not _is_of_a_program(headers):
        raise BadRequest(HTTPStatus.FORBIDDEN)
    if b"transfer-encoding" in named:
        raise BadRequest(HTTPStatus.LENGTH_REQUIRED)
    length = named.get(b"content-length", b"0")
    if not length.isdigit():
        raise BadRequest(HTTPStatus.BAD_REQUEST)
    if int(length) > _BODY_BYTES_MAX:
        raise BadRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    is_last = parts[2] == b"HTTP/1.0" or named.get(b"connection", b"").lower() == b"close"
    return Head(parts[0], parts[1], headers, int(length), is_last, named.get(b"expect", b"").lower() == b"100-continue")


def _is_of_a_program(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether a request comes from a program on this machine, and not from a page in its browser.

    The engine asks nobody who they are. A browser says that a page asks (Fetch Standard, "Origin header"; Fetch Metadata
    Request Headers, "Sec-Fetch-Site"), and which name led here: a name of the page's own that was pointed at 127.0.0.1 is
    not one of this machine's.
    """
    return all(
        name not in _PAGES_HEADERS and (name != b"host" or _HOST.fullmatch(value) is not None) for name, value in headers
    )


class _Connection(asyncio.Protocol):
    """One client's connection, a request at a time."""

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
        self._go_on()

    def _go_on(self) -> None:
        """Begin to answer the next request, once it is whole and the last one was answered."""
        if self._answering is not None:
            return
        try:
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
        """Take a head off the buffer, if there is one, and it is its turn."""
        if self._head is not None:
            return
        end = self._buffer.find(_HEAD_END)
        if end > _HEAD_BYTES_MAX or (end < 0 and len(self._buffer) > _HEAD_BYTES_MAX):
            raise BadRequest(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if end < 0:
            return
        self._head = parse(bytes(self._buffer[:end]))
        del self._buffer[: end + len(_HEAD_END)]
        if self._head.expects_continue and len(self._buffer) < self._head.body_bytes:
            self._transport.write(_CONTINUE)

    async def _answer(self, head: Head, body: bytes) -> None:
        """Have the application answer, and write what it says."""
        answer = _Answer(body)
        try:
            await self._application(_scope(head), answer.receive, answer.send)
        except Exception:  # the application is not ours
            logger.exception("engine: a request failed")
            answer = _Answer(b"", HTTPStatus.INTERNAL_SERVER_ERROR)
        self._write(
            answer.status, answer.headers, b"" if head.method == b"HEAD" else bytes(answer.body), is_last=head.is_last
        )
        self._answering = None
        self._go_on()

    def _write(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes, *, is_last: bool) -> None:
        """Write an answer in one piece."""
        own = [each for each in headers if not each[0].lower().startswith(b"access-control-")]  # for no page
        lines = [b"HTTP/1.1 %d x" % status, *(b"%s: %s" % each for each in own)]
        if all(name.lower() != b"content-length" for name, _ in headers):
            lines.append(b"Content-Length: %d" % len(body))
        if is_last:
            lines.append(b"Connection: close")
        self._transport.write(b"\r\n".join(lines) + _HEAD_END + body)
        if is_last:
            self._transport.close()


class _Answer:
    """ASGI's two channels for one request: its body is there already, and the answer is gathered."""

    def __init__(self, body: bytes, status: int = HTTPStatus.OK) -> None:
        self._body = body
        self.status = status
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = bytearray()

    async def receive(self) -> dict[str, Any]:
        """The whole body."""
        return {"type": "http.request", "body": self._body, "more_body": False}

    async def send(self, message: dict[str, Any]) -> None:
        """Gather a part of the answer."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        else:
            self.body += message.get("body", b"")


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
