"""API Gateway on this machine: Chalice's local server, changed to be fast and to answer like the deployed API.

Chalice's server takes 44 ms a request (Nagle's algorithm and delayed acknowledgements), sends bodies to HEAD, answers 403 if
there is no route, and does not answer if the application raises.
"""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_WR
from typing import TYPE_CHECKING, Any, Final

from chalice.config import Config
from chalice.local import ChaliceRequestHandler, LocalGateway

from chalicelib.api.answers import SECURITY_HEADERS

if TYPE_CHECKING:
    import socket

    from chalice.app import Chalice

logger = logging.getLogger(__name__)

BODY_BYTES_MAX: Final = 10_485_760
"""API Gateway's own limit (docs.aws.amazon.com/apigateway: limits)."""
_IDLE_S: Final = 65
_LINGER_S: Final = 1
_LINGER_BYTES_MAX: Final = 67_108_864
_CHUNK_BYTES: Final = 65_536


class Refused(Exception):
    """A request that is answered without the application."""

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = json.dumps({"error": {"code": code, "message": message}})


class Routes(LocalGateway):
    """Finds the route of a request. Without one, raises `Refused`."""

    def _generate_lambda_event(self, method: str, path: str, headers: dict[str, str], body: bytes | None) -> dict[str, Any]:
        try:
            event: dict[str, Any] = super()._generate_lambda_event(method, path, headers, body)
        except ValueError as error:
            message = f"There is nothing at {path.partition('?')[0]}."
            raise Refused(HTTPStatus.NOT_FOUND, "not_found", message) from error
        return event

    def _has_user_defined_options_method(self, lambda_event: dict[str, Any]) -> bool:  # noqa: ARG002 - Chalice's
        """The application answers OPTIONS itself: the template routes all methods of a path to it."""
        return True


class GatewayHandler(ChaliceRequestHandler):
    """One connection."""

    disable_nagle_algorithm = True
    wbufsize = -1
    default_request_version = "HTTP/1.1"
    timeout = _IDLE_S

    def __init__(self, request: socket.socket, address: tuple[str, int], server: Gateway) -> None:
        self.local_gateway = server.routes
        self.server: Gateway = server
        BaseHTTPRequestHandler.__init__(self, request, address, server)

    def _generic_handle(self) -> None:
        try:
            answer = self._answer(self._read_body())
            headers = answer["headers"] | answer["multiValueHeaders"]
            self._send(answer["statusCode"], headers, self._handle_binary(answer)["body"])
        except Refused as refused:
            self._refuse(refused)
        if self.close_connection:
            self._linger()

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = do_OPTIONS = _generic_handle  # noqa: N815 - http.server's names

    def handle_expect_100(self) -> bool:
        """Send 100 Continue at once: responses are buffered, and the client waits."""
        proceed: bool = super().handle_expect_100()
        self.wfile.flush()
        return proceed

    def _answer(self, body: bytes | None) -> dict[str, Any]:
        """The application's response. Raise `Refused` if there is no route, or if it raises."""
        try:
            answer: dict[str, Any] = self.local_gateway.handle_request(
                method=self.command, path=self.path, headers=dict(self.headers), body=body
            )
        except Refused:
            raise
        except Exception as error:
            logger.exception("%s %s failed", self.command, self.path)
            message = "Something went wrong on our side."
            raise Refused(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", message) from error
        return answer

    def _read_body(self) -> bytes | None:
        """The body. If its length is missing or out of bounds, raise `Refused` and close the connection."""
        length = self.headers.get("content-length", "0").strip()
        if "transfer-encoding" in self.headers:
            raise self._cut_off(
                HTTPStatus.BAD_REQUEST, "invalid_input", "Chunked bodies are not taken; send Content-Length."
            )
        if not (length.isascii() and length.isdigit()):
            raise self._cut_off(HTTPStatus.BAD_REQUEST, "invalid_input", "Content-Length is not a number.")
        if len(length) > len(str(BODY_BYTES_MAX)) or int(length) > BODY_BYTES_MAX:
            raise self._cut_off(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", f"The limit is {BODY_BYTES_MAX} bytes.")
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            raise self._cut_off(HTTPStatus.BAD_REQUEST, "invalid_input", "The body ends before its Content-Length.")
        return body or None

    def _cut_off(self, status: HTTPStatus, code: str, message: str) -> Refused:
        """A refusal after which the rest of the connection cannot be parsed."""
        self.close_connection = True
        return Refused(status, code, message)

    def _refuse(self, refused: Refused) -> None:
        """Answer like a gateway response of the template. A 404 has no CORS header."""
        origin = "" if refused.status == HTTPStatus.NOT_FOUND else self.server.cors_origin
        self._send(
            refused.status, {**SECURITY_HEADERS, **({"Access-Control-Allow-Origin": origin} if origin else {})}, refused.body
        )

    def _send(self, status: int, headers: dict[str, Any], body: str | bytes | None) -> None:
        content = body.encode() if isinstance(body, str) else body or b""
        self.send_response(status)
        if status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Content-Type", headers.pop("Content-Type", "application/json"))
        if self.close_connection:
            self.send_header("Connection", "close")
        self._send_headers(headers)
        if self.command != "HEAD":
            self.wfile.write(content)
        self.wfile.flush()

    def _linger(self) -> None:
        """Read what still arrives: to close now would reset the connection, and the client might lose the response."""
        self.connection.shutdown(SHUT_WR)
        self.connection.settimeout(_LINGER_S)
        taken = 0
        while taken < _LINGER_BYTES_MAX and (chunk := self.connection.recv(_CHUNK_BYTES)):
            taken += len(chunk)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Refuse invalid HTTP and unknown methods, as an error of the API."""
        self.close_connection = True
        status, name = HTTPStatus(code), "invalid_input"
        if status is HTTPStatus.NOT_IMPLEMENTED:
            status, name = HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed"
        self._refuse(Refused(status, name, f"{message or status.phrase}."))

    def log_message(self, *_: object) -> None:
        """Write no access log: the application logs its own lines."""


class Gateway(ThreadingHTTPServer):
    """Serves an application on a listening socket."""

    daemon_threads = True

    def __init__(self, application: Chalice, listening: socket.socket, cors_origin: str = "") -> None:
        super().__init__(listening.getsockname(), GatewayHandler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.cors_origin = cors_origin
        self.routes = Routes(application, Config.create(chalice_app=application, project_dir=".", app_name="posthorn"))

    def handle_error(self, _request: object, _address: object) -> None:
        """Ignore clients that disconnect. Errors of the application are logged elsewhere."""
        logger.debug("a connection broke", exc_info=True)  # noqa: LOG014 - called by a handler of exceptions
