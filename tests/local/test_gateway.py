from __future__ import annotations

import gzip
import http.client
import json
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from chalice.app import Chalice, Response

from app import app
from chalicelib.composition import process
from chalicelib.domain.directory.users import Role
from local.gateway import BODY_BYTES_MAX, Gateway
from testbed.fakes.service import FakeAdapters, service_on
from testbed.patience import PATIENCE_S

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


@contextmanager
def serving(served: Chalice, cors_origin: str = "") -> Iterator[int]:
    """The port of a gateway with an application."""
    listening = socket.create_server(("127.0.0.1", 0))
    gateway = Gateway(served, listening, cors_origin)
    thread = threading.Thread(target=gateway.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield listening.getsockname()[1]
    gateway.shutdown()
    thread.join(PATIENCE_S)
    gateway.server_close()


@pytest.fixture
def port() -> Iterator[int]:
    """The port of a gateway with the application above."""
    with serving(application()) as found:
        yield found


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


def test_options_are_the_applications_to_answer(connection: http.client.HTTPConnection) -> None:
    """As deployed: the template leads every method of a path to the function."""
    connection.request("OPTIONS", "/echo")

    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Allow")) == (405, "POST")


@pytest.mark.parametrize(("origin", "status"), [("", 405), ("https://pages.example", 204)])
def test_a_preflight_is_answered_as_it_is_when_deployed(origin: str, status: int) -> None:
    with process.using(service_on(FakeAdapters(), cors_origin=origin)), serving(app, origin) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        connection.request("OPTIONS", "/webhooks", headers={"Origin": origin, "Access-Control-Request-Method": "POST"})
        answer = connection.getresponse()
        connection.close()
    assert answer.status == status
    assert answer.getheader("Access-Control-Allow-Origin", "") == origin
    assert ("POST" in answer.getheader("Access-Control-Allow-Methods", "")) is (status == 204)


@pytest.mark.parametrize("path", ["/health", "/openapi.json", "/console", "/docs"])
def test_head_is_answered_as_get_is_without_a_body(path: str) -> None:
    answers = {}
    with process.using(service_on(FakeAdapters())), serving(app) as port:
        for method in ("GET", "HEAD"):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
            connection.request(method, path)
            answer = connection.getresponse()
            headers = {name: value for name, value in answer.getheaders() if name != "Date"}
            answers[method] = (answer.status, headers, answer.read())
            connection.close()
    status, headers, body = answers["HEAD"]
    assert (status, headers, body) == (200, answers["GET"][1], b"")
    assert headers["Content-Length"] == str(len(answers["GET"][2]))


def test_a_refusal_of_the_gateway_has_the_headers_that_it_has_when_deployed() -> None:
    with serving(application(), "https://pages.example") as port:
        refused = raw(port, b"POST /echo HTTP/1.1\r\nContent-Length: many\r\n\r\n")
        nowhere = raw(port, b"GET /nowhere HTTP/1.1\r\nConnection: close\r\n\r\n")
    for answer in (refused, nowhere):
        assert b"X-Content-Type-Options: nosniff\r\n" in answer
        assert b"Cache-Control: no-store\r\n" in answer
    assert b"Access-Control-Allow-Origin: https://pages.example\r\n" in refused
    assert b"Access-Control" not in nowhere


def test_a_body_that_says_that_it_is_encoded_is_415() -> None:
    world = FakeAdapters()
    rooms = service_on(world)
    key = rooms.api.directory.ensure_user("3", "Carla", Role.ADMIN)
    with process.using(rooms), serving(app) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        headers = {"Authorization": key, "Content-Type": "application/json", "Content-Encoding": "gzip"}
        connection.request("POST", "/notifications", gzip.compress(b'{"notificationType":"tagCreated"}'), headers)
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["error"]["code"]) == (415, "unsupported_media_type")
        connection.close()
    assert world.accepted.sent == []


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
