from __future__ import annotations

import http.client
import json
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest
from chalice.app import Chalice, Response

from local.gateway import BODY_BYTES_MAX, Gateway
from tests.patience import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.enable_socket


def application() -> Chalice:
    app = Chalice("stub", configure_logs=False)

    @app.route("/echo", methods=["POST"], content_types=["*/*"])
    def echo() -> Response:
        request = app.current_request
        body = request.raw_body if request is not None else b""
        return Response(body.decode() if isinstance(body, bytes) else body, headers={"Content-Type": "text/plain"})

    @app.route("/things/{name}")
    def show(name: str) -> dict[str, Any]:
        return {"name": name}

    @app.route("/nothing", methods=["DELETE"])
    def delete() -> Response:
        return Response("", status_code=204)

    @app.route("/broken")
    def broken() -> dict[str, Any]:
        return {"not JSON": object()}

    return app


@pytest.fixture
def port() -> Iterator[int]:
    """The port of a gateway with the application above."""
    listening = socket.create_server(("127.0.0.1", 0))
    gateway = Gateway(application(), listening)
    thread = threading.Thread(target=gateway.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield listening.getsockname()[1]
    gateway.shutdown()
    thread.join(PATIENCE_S)
    gateway.server_close()


@pytest.fixture
def connection(port: int) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    yield connection
    connection.close()


def raw(port: int, request: bytes) -> bytes:
    """All that comes back for these bytes, until the gateway closes the connection."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as peer:
        peer.sendall(request)
        answer = b""
        while chunk := peer.recv(65_536):
            answer += chunk
    return answer


def code_of(answer: bytes) -> tuple[int, str]:
    """The status, and the code in the error's shape."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["error"]["code"]


def test_a_connection_is_kept_for_several_requests(connection: http.client.HTTPConnection) -> None:
    for number in range(3):
        connection.request("POST", "/echo", f"hello {number}")
        assert connection.getresponse().read() == f"hello {number}".encode()


def test_where_there_is_no_route_the_answer_is_404_in_the_shape_of_errors(
    connection: http.client.HTTPConnection,
) -> None:
    connection.request("GET", "/nowhere?x=1", headers={"Authorization": "k\xe9y"})

    answer = connection.getresponse()
    assert answer.status == 404
    assert json.loads(answer.read()) == {"error": {"code": "not_found", "message": "There is nothing at /nowhere."}}


def test_head_has_no_body(port: int) -> None:
    answer = raw(port, b"HEAD /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 404 ")
    assert answer.endswith(b"\r\n\r\n")


def test_no_content_says_nothing_of_a_length(connection: http.client.HTTPConnection) -> None:
    connection.request("DELETE", "/nothing")

    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Content-Length"), answer.read()) == (204, None, b"")


def test_what_leaves_the_application_as_an_exception_is_a_500_in_the_shape_of_errors(
    connection: http.client.HTTPConnection,
) -> None:
    connection.request("GET", "/broken")

    answer = connection.getresponse()
    assert answer.status == 500
    assert json.loads(answer.read())["error"]["code"] == "internal_error"


@pytest.mark.parametrize(
    ("request_head", "expected"),
    [
        (b"POST /echo HTTP/1.1\r\nContent-Length: many\r\n\r\n", (400, "invalid_input")),
        (b"POST /echo HTTP/1.1\r\nContent-Length: -1\r\n\r\n", (400, "invalid_input")),
        (b"POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", (400, "invalid_input")),
        (b"POST /echo HTTP/1.1\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", (413, "too_large")),
        (b"POST /echo HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (BODY_BYTES_MAX + 1), (413, "too_large")),
        (b"BREW /echo HTTP/1.1\r\n\r\n", (405, "method_not_allowed")),
        (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n", (414, "invalid_input")),
        (b"GET / NONSENSE\r\n\r\n", (400, "invalid_input")),
        (b"nonsense\r\n\r\n", (400, "invalid_input")),
    ],
)
def test_what_cannot_be_read_is_refused_in_the_shape_of_errors(
    port: int, request_head: bytes, expected: tuple[int, str]
) -> None:
    assert code_of(raw(port, request_head)) == expected


def test_a_body_beyond_the_limit_is_refused_though_it_is_still_coming(connection: http.client.HTTPConnection) -> None:
    connection.request("POST", "/echo", b"x" * (BODY_BYTES_MAX + 1))

    assert connection.getresponse().status == 413


def test_a_client_that_waits_for_an_invitation_is_invited(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as peer:
        peer.sendall(b"POST /echo HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n")
        assert peer.recv(100).startswith(b"HTTP/1.1 100 ")
        peer.sendall(b"hi")
        assert peer.recv(1000).endswith(b"hi")


def test_a_slow_request_does_not_hold_up_another(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as slow:
        slow.sendall(b"POST /echo HTTP/1.1\r\nContent-Length: 2\r\n\r\n")

        answer = raw(port, b"GET /things/one HTTP/1.1\r\nConnection: close\r\n\r\n")

    assert answer.endswith(b'{"name":"one"}')
