"""The HTTP server of `posthorn listen`: it verifies requests, and puts them on a queue to be shown."""

from __future__ import annotations

import queue
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final, Self

from posthorn.signatures import InvalidSignature, verify

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

BODY_BYTES_MAX: Final = 1_048_576
"""The service sends less."""
_SHUTDOWN_S: Final = 2.0
"""How long the shutdown waits for responses that are still being sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseSettings:
    """How the receiver responds.

    Args:
        status: to valid requests; the response to a request with an invalid signature is 401.
        delay_s: seconds to wait before each response.
        secret: to verify signatures with; without a secret all requests are valid.

    """

    status: int = HTTPStatus.NO_CONTENT
    delay_s: float = 0.0
    secret: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedRequest:
    """A request. `is_verified` is `None` if there was no secret; if it is false, `problem` says why."""

    at: datetime
    path: str
    headers: dict[str, str]
    body: bytes
    is_verified: bool | None
    problem: str | None
    answered: int


class Receiver:
    """A context manager that listens; raise `OSError` if the port is in use."""

    def __init__(self, host: str, port: int, settings: ResponseSettings) -> None:
        self.settings = settings
        self._received: queue.Queue[ReceivedRequest] = queue.Queue()
        self._is_stopping = threading.Event()
        self._responded = threading.Condition()
        self._responding = 0
        self._server = _Server((host, port), _Handler)
        self._server.receiver = self

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.server_address[1])

    def next(self, timeout_s: float) -> ReceivedRequest | None:
        """The next request; `None` if none arrives in time."""
        try:
            return self._received.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def handle(self, path: str, headers: dict[str, str], body: bytes) -> int:
        """Verify a request and put it on the queue. Return the status of the response, after the delay."""
        is_verified, problem = self._verified(headers, body)
        status = HTTPStatus.UNAUTHORIZED if is_verified is False else self.settings.status
        self._received.put(
            ReceivedRequest(
                at=datetime.now(UTC),
                path=path,
                headers=headers,
                body=body,
                is_verified=is_verified,
                problem=problem,
                answered=status,
            )
        )
        self._is_stopping.wait(self.settings.delay_s)
        return status

    @contextmanager
    def responding(self) -> Iterator[None]:
        """A response that the shutdown waits for: the program may end before the response to the last request is sent."""
        with self._responded:
            self._responding += 1
        try:
            yield
        finally:
            with self._responded:
                self._responding -= 1
                self._responded.notify_all()

    def _verified(self, headers: dict[str, str], body: bytes) -> tuple[bool | None, str | None]:
        if self.settings.secret is None:
            return None, None
        try:
            verify(self.settings.secret, headers, body)
        except InvalidSignature as error:
            return False, str(error)
        return True, None

    def __enter__(self) -> Self:
        """Start listening."""
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop listening. Delayed responses are sent at once."""
        self._is_stopping.set()
        with self._responded:
            self._responded.wait_for(lambda: self._responding == 0, _SHUTDOWN_S)
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    receiver: Receiver

    def handle_error(self, _request: object, _address: object) -> None:
        """Ignore connections that break."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    server: _Server

    def do_POST(self) -> None:
        with self.server.receiver.responding():
            self._handle()

    def _handle(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            self._respond(HTTPStatus.LENGTH_REQUIRED)
        elif int(length) > BODY_BYTES_MAX:
            self._respond(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            body = self.rfile.read(int(length))
            names = dict.fromkeys(name.lower() for name in self.headers)
            headers = {name: ", ".join(self.headers.get_all(name, ())) for name in names}
            self._respond(self.server.receiver.handle(self.path, headers, body))

    def _respond(self, status: int) -> None:
        self.close_connection = status in {HTTPStatus.LENGTH_REQUIRED, HTTPStatus.REQUEST_ENTITY_TOO_LARGE}
        self.send_response(status)
        if status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Log nothing: the command shows the requests."""
