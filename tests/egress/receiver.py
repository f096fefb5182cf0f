"""A receiver on the loopback interface that sends any raw bytes that a script gives it."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_PATIENCE_S = 20


class Connection:
    """An accepted connection, for a script."""

    def __init__(self, accepted: socket.socket, receiver: Receiver) -> None:
        accepted.settimeout(_PATIENCE_S)
        self.socket = accepted
        self._receiver = receiver
        self._left = b""

    @property
    def is_open(self) -> bool:
        return not self._receiver.stopped.is_set()

    def pause(self, seconds: float) -> bool:
        """Wait; ``False`` if the test has ended."""
        return not self._receiver.stopped.wait(seconds)

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def request(self) -> bytes:
        """Read a whole request; empty if the sender has closed the connection."""
        data = self._left
        while b"\r\n\r\n" not in data:
            more = self.socket.recv(65_536)
            if not more:
                return b""
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        match = _LENGTH.search(head)
        length = int(match[1]) if match else 0
        while len(body) < length:
            body += self.socket.recv(65_536)
        self._left = body[length:]
        request = head + b"\r\n\r\n" + body[:length]
        self._receiver.requests.append(request)
        return request

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        self.socket.close()


class Receiver:
    """Runs `script` on each connection, each in its own thread; counts connections and keeps requests."""

    def __init__(
        self,
        script: Callable[[Connection], None],
        *,
        tls: ssl.SSLContext | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.connections = 0
        self.requests: list[bytes] = []
        self.stopped = threading.Event()
        self._script = script
        self._tls = tls
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family, backlog=256)
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        self._spawn(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        # A shutdown wakes the thread that waits in accept; a close alone does not.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in self._open:
            with contextlib.suppress(OSError):  # the script may have closed it
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(_PATIENCE_S)

    def url(self, path: str = "/hook", host: str = "receiver.test") -> str:
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    def _spawn(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the listener was closed: the test is over
            while True:
                accepted, _ = self._listener.accept()
                self.connections += 1
                self._open.append(accepted)  # a handshake, if there is one, is to end with the test too
                self._spawn(self._serve, accepted)

    def _serve(self, accepted: socket.socket) -> None:
        # A sender that hangs up in the middle is what most of these scripts provoke.
        with contextlib.suppress(OSError), self._wrapped(accepted) as wrapped:
            self._open.append(wrapped)
            self._script(Connection(wrapped, self))
        accepted.close()

    def _wrapped(self, accepted: socket.socket) -> socket.socket:
        accepted.settimeout(_PATIENCE_S)
        return self._tls.wrap_socket(accepted, server_side=True) if self._tls else accepted


def answering(answer: bytes) -> Callable[[Connection], None]:
    """A script: the same response to each request on a connection that stays open."""

    def script(connection: Connection) -> None:
        while connection.request():
            connection.send(answer)

    return script


def closing_after(answer: bytes) -> Callable[[Connection], None]:
    """A script: a response, then the end of the connection."""

    def script(connection: Connection) -> None:
        connection.request()
        connection.send(answer)

    return script
