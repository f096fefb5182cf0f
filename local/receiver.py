"""A receiver of webhooks on this machine, for the demo and for tests."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType


@dataclass(frozen=True)
class Received:
    """One received request. The names of headers are in lower case."""

    path: str
    headers: dict[str, str]
    body: str


class Receiver:
    """Listens on a free port of 127.0.0.1, and answers each POST with `status`, `headers` and `answer`.

    `before_answer` is called with each request, and may delay the answer.
    """

    def __init__(self, status: int = HTTPStatus.OK) -> None:
        self.status = status
        self.answer = b"ok\n"
        self.headers: dict[str, str] = {}
        self.before_answer: Callable[[Received], object] = lambda _: None
        self.received: queue.Queue[Received] = queue.Queue()
        self._server = _Server(self)

    @property
    def url(self) -> str:
        """Its URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def next(self, timeout_s: float | None = None) -> Received:
        """Wait for the next request. With `timeout_s`, raise `queue.Empty` if none arrives in time."""
        return self.received.get(timeout=timeout_s)

    def __enter__(self) -> Self:
        """Listen."""
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, receiver: Receiver) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.receiver = receiver

    def handle_error(self, _request: object, _address: object) -> None:
        """Ignore senders that disconnect."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        received = Received(self.path, headers, body)
        self.server.receiver.received.put(received)
        self.server.receiver.before_answer(received)
        answer = self.server.receiver.answer
        self.send_response(self.server.receiver.status)
        for name, value in self.server.receiver.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:  # noqa: ANN401 - as the standard library has it
        """Write no access log."""
