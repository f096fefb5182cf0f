"""A receiver on this machine for people who write receivers: it takes what comes, checks it, and hands it on to be shown."""

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
"""More than the service sends."""
_LAST_ANSWERS_S: Final = 2.0
"""How long the end waits for senders that are slow to take their answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How it answers.

    Args:
        status: to what is signed as it should be; to anything else it is 401.
        delay_s: seconds before it answers.
        secret: to verify with; without one everything is taken.

    """

    status: int = HTTPStatus.NO_CONTENT
    delay_s: float = 0.0
    secret: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request; `is_verified` is `None` where there was no secret, and `problem` says why it is false."""

    at: datetime
    path: str
    headers: dict[str, str]
    body: bytes
    is_verified: bool | None
    problem: str | None
    answered: int


class Receiver:
    """Listens while it is entered; raise `OSError` where the port is taken."""

    def __init__(self, host: str, port: int, manner: Manner) -> None:
        self.manner = manner
        self._received: queue.Queue[Received] = queue.Queue()
        self._is_over = threading.Event()
        self._answered = threading.Condition()
        self._answering = 0
        self._server = _Server((host, port), _Handler)
        self._server.receiver = self

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def next(self, timeout_s: float) -> Received | None:
        """The next request; `None` where none comes in time."""
        try:
            return self._received.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def take(self, path: str, headers: dict[str, str], body: bytes) -> int:
        """Check a request, hand it on, and tell the status to answer with, when its time has come."""
        is_verified, problem = self._checked(headers, body)
        status = HTTPStatus.UNAUTHORIZED if is_verified is False else self.manner.status
        self._received.put(
            Received(
                at=datetime.now(UTC),
                path=path,
                headers=headers,
                body=body,
                is_verified=is_verified,
                problem=problem,
                answered=status,
            )
        )
        self._is_over.wait(self.manner.delay_s)
        return status

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Whoever leaves waits for what is done in here: the program may end with the request that it has shown."""
        with self._answered:
            self._answering += 1
        try:
            yield
        finally:
            with self._answered:
                self._answering -= 1
                self._answered.notify_all()

    def _checked(self, headers: dict[str, str], body: bytes) -> tuple[bool | None, str | None]:
        if self.manner.secret is None:
            return None, None
        try:
            verify(self.manner.secret, headers, body)
        except InvalidSignature as error:
            return False, str(error)
        return True, None

    def __enter__(self) -> Self:
        """Listen."""
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop; who still waits for an answer gets it now."""
        self._is_over.set()
        with self._answered:
            self._answered.wait_for(lambda: self._answering == 0, _LAST_ANSWERS_S)
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    receiver: Receiver

    def handle_error(self, _request: object, _address: object) -> None:
        """Say nothing of senders that break off."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    server: _Server

    def do_POST(self) -> None:
        with self.server.receiver.answering():
            self._take()

    def _take(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            self._answer(HTTPStatus.LENGTH_REQUIRED)
        elif int(length) > BODY_BYTES_MAX:
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            body = self.rfile.read(int(length))
            names = dict.fromkeys(name.lower() for name in self.headers)
            headers = {name: ", ".join(self.headers.get_all(name, ())) for name in names}
            self._answer(self.server.receiver.take(self.path, headers, body))

    def _answer(self, status: int) -> None:
        self.close_connection = status in {HTTPStatus.LENGTH_REQUIRED, HTTPStatus.REQUEST_ENTITY_TOO_LARGE}
        self.send_response(status)
        if status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing: the command shows what came."""
