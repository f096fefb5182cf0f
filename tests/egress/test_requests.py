"""What leaves: the bytes that were given, to the host that was named, and nothing from the environment."""

from __future__ import annotations

import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.delivery.attempt import FailureCause, OutboundRequest
from tests.egress.receiver import OK, Receiver, answering
from tests.egress.sending import AMPLE_S, DEADLINE_S, exchange, exchange_all, request_to

if TYPE_CHECKING:
    from pathlib import Path

    from tests.egress.sending import Senders

pytestmark = pytest.mark.enable_socket


def test_the_request_is_what_was_given_with_host_and_length(senders: Senders) -> None:
    with Receiver(answering(OK)) as receiver:
        exchange(senders.make(), receiver.url("/a?b=c"))
    assert receiver.requests == [
        b"POST /a?b=c HTTP/1.1\r\n"
        b"Host: receiver.test:%d\r\n"
        % receiver.port
        + b"content-type: application/json\r\n"
        + b"user-agent: Posthorn/1\r\n"
        + b"webhook-id: msg_1\r\n"
        + b"Content-Length: 8\r\n\r\n"
        + b'{"a": 1}'
    ]


@pytest.mark.parametrize("body", [b"", b"\x00", b"\xff" * 131_072, "ünï".encode(), b"@/etc/passwd", b"a=b&c=d\r\n\r\n"])
def test_any_body_arrives_byte_for_byte(senders: Senders, body: bytes) -> None:
    with Receiver(answering(OK)) as receiver:
        exchange_all(senders.make(), request_to(receiver.url(), body=body))
    assert receiver.requests[0].partition(b"\r\n\r\n")[2] == body


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("", b"/"),
        ("?a", b"/?a"),
        ("/a/../b/./c//d/", b"/a/../b/./c//d/"),
        ("/..%2f..%2fetc", b"/..%2f..%2fetc"),
        ("/%7euser/%41", b"/%7euser/%41"),
        ("/é", b"/%C3%A9"),
        ("/a%0d%0aX-Evil:%201", b"/a%0d%0aX-Evil:%201"),
        ("/a{b}[1-3]?q=[x]|^`<>\"'", b"/a{b}[1-3]?q=[x]|^`<>\"'"),
        ("//127.0.0.1/a", b"//127.0.0.1/a"),
        ("/@127.0.0.1", b"/@127.0.0.1"),
    ],
)
def test_the_path_and_the_query_arrive_as_they_were_written(senders: Senders, path: str, target: bytes) -> None:
    with Receiver(answering(OK)) as receiver:
        exchange(senders.make(), receiver.url(path))
    assert receiver.requests[0].split(b"\r\n")[0] == b"POST " + target + b" HTTP/1.1"


@pytest.mark.hostile
@pytest.mark.parametrize(
    "header",
    [("x-a", "b\r\nx-c: d"), ("x-a", "b\n"), ("x-a\r\nx-c", "d"), ("x-a", "b\x00c"), ("x a", "b"), ("x-a", "ü"), ("", "b")],
)
def test_a_header_that_cannot_be_sent_fails_the_attempt_and_nothing_leaves(
    senders: Senders, header: tuple[str, str]
) -> None:
    with Receiver(answering(OK)) as receiver:
        ended = exchange_all(senders.make(), OutboundRequest(receiver.url(), (header,), b"", AMPLE_S))[0]
    assert (ended.failure, receiver.connections) == (FailureCause.BAD_REQUEST, 0)


def test_a_header_without_a_value_is_sent(senders: Senders) -> None:
    with Receiver(answering(OK)) as receiver:
        exchange_all(senders.make(), OutboundRequest(receiver.url(), (("x-a", ""),), b"", AMPLE_S))
    assert b"\r\nx-a:\r\n" in receiver.requests[0]


@pytest.mark.hostile
@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy", "HTTPS_PROXY"])
def test_a_proxy_of_the_environment_is_ignored(senders: Senders, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    with Receiver(answering(OK)) as proxy, Receiver(answering(OK)) as receiver:
        monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.port}")
        exchange(senders.make(), receiver.url())
    assert (proxy.connections, receiver.connections) == (0, 1)


@pytest.mark.hostile
def test_a_netrc_file_is_ignored(senders: Senders, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine receiver.test login a password b\ndefault login a password b\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    with Receiver(answering(OK)) as receiver:
        exchange(senders.make(), receiver.url())
    assert b"authorization" not in receiver.requests[0].lower()


@pytest.mark.hostile
def test_a_cookie_does_not_come_back_on_the_next_delivery(senders: Senders) -> None:
    answer = b"HTTP/1.1 200 OK\r\nset-cookie: a=b; path=/\r\ncontent-length: 0\r\n\r\n"
    sender = senders.make()
    with Receiver(answering(answer)) as receiver:
        ended = [exchange(sender, receiver.url()) for _ in range(3)]
    assert len(receiver.requests) == 3
    assert not any(b"cookie" in request.lower() for request in receiver.requests)
    assert ended[0].response is not None
    assert ended[0].response.header("set-cookie") == "a=b; path=/"


@pytest.mark.hostile
def test_nobody_listening_is_a_connect_failure(senders: Senders) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    ended = exchange(senders.make(), f"http://receiver.test:{port}/secret")
    assert (ended.failure, ended.response) == (FailureCause.CONNECT, None)
    assert "secret" not in ended.detail


@pytest.mark.hostile
def test_a_connection_that_is_never_accepted_ends_at_the_deadline(senders: Senders) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        crowd = [socket.socket() for _ in range(4)]
        for each in crowd:  # the queue is full: the kernel drops what comes
            each.settimeout(0)
            each.connect_ex(("127.0.0.1", port))
        ended = exchange(senders.make(), f"http://receiver.test:{port}/", deadline_s=DEADLINE_S)
        for each in crowd:
            each.close()
    assert ended.failure is FailureCause.TIMEOUT
    assert DEADLINE_S * 900 <= ended.duration_ms < AMPLE_S * 1000


def test_a_name_with_a_dead_address_is_called_at_the_next_one(senders: Senders) -> None:
    with Receiver(answering(OK)) as receiver:
        sender = senders.make(lookup=lambda _: ("127.0.0.3", "127.0.0.1"))
        assert exchange(sender, receiver.url()).judge()[0] is None


def test_an_exchange_is_timed_and_carries_its_request(senders: Senders) -> None:
    with Receiver(answering(OK)) as receiver:
        request = request_to(receiver.url())
        ended = exchange_all(senders.make(), request)[0]
    assert ended.request is request
    assert ended.started_at.tzinfo is not None
    assert ended.duration_ms >= 0


def test_what_only_judges_urls_does_not_load_libcurl() -> None:
    code = "import sys, chalicelib.adapters.egress; sys.exit('pycurl' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
