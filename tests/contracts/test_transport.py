"""Requests to AWS on real sockets: what arrives, what comes back, and how botocore is told of what does not."""

from __future__ import annotations

import ssl
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import trustme
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    SSLError,
)

from chalicelib.adapters.aws.transport import Transport
from tests.egress.receiver import Receiver, answering, closing_after

if TYPE_CHECKING:
    from pathlib import Path

    from botocore.awsrequest import AWSPreparedRequest, AWSResponse

    from tests.egress.receiver import Connection

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(60)]

ANSWER = b"HTTP/1.1 200 OK\r\nX-Amzn-RequestId: a:b\r\nContent-Length: 4\r\n\r\n{\x00\xff}"
CHUNKED = b"HTTP/1.1 400 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
AMPLE = Config(connect_timeout=20, read_timeout=20)
HASTY = Config(connect_timeout=0.3, read_timeout=0.3)
NOWHERE = "http://192.0.2.1/"
"""TEST-NET-1 (RFC 5737): nobody answers there, or the machine says at once that there is no way."""


def request(url: str, body: bytes = b"{}") -> AWSPreparedRequest:
    return AWSRequest(
        method="POST", url=url, headers={"X-Amz-Target": "A.B", "X-Raw": b"c", "User-Agent": "P"}, data=body
    ).prepare()


def sent(url: str, body: bytes = b"{}", config: Config = AMPLE, ca_file: str | None = None) -> AWSResponse:
    return Transport(config, ca_file).send(request(url, body))


def url_of(receiver: Receiver) -> str:
    return receiver.url("/", host="127.0.0.1")


def test_a_request_arrives_whole_and_so_does_its_answer() -> None:
    with Receiver(answering(ANSWER)) as receiver:
        answer = sent(url_of(receiver), b"{\x00\xff}" * 100_000)
    head, _, body = receiver.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST / HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\nX-Amz-Target: A.B\r\nX-Raw: c" in head
    assert body == b"{\x00\xff}" * 100_000
    assert (answer.status_code, answer.content, answer.headers["x-amzn-requestid"]) == (200, b"{\x00\xff}", "a:b")


def test_nothing_is_sent_that_botocore_has_not_signed_but_what_http_needs() -> None:
    with Receiver(answering(ANSWER)) as receiver:
        sent(url_of(receiver))
    names = {line.partition(b":")[0].lower() for line in receiver.requests[0].partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]}
    assert names == {b"host", b"content-length", b"content-type", b"x-amz-target", b"x-raw", b"user-agent"}


def test_an_answer_in_chunks_is_put_together() -> None:
    with Receiver(answering(CHUNKED)) as receiver:
        answer = sent(url_of(receiver))
    assert (answer.status_code, answer.content) == (400, b"{}")


def test_connections_are_kept_one_for_each_that_sends_at_once() -> None:
    with Receiver(answering(ANSWER)) as receiver:
        transport = Transport(AMPLE, None)
        for _ in range(5):
            transport.send(request(url_of(receiver)))
        assert receiver.connections == 1
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: transport.send(request(url_of(receiver))).content, range(40)))
        assert receiver.connections <= 4
        transport.close()
    assert answers == [b"{\x00\xff}"] * 40


def test_a_kept_connection_that_was_closed_meanwhile_is_made_anew() -> None:
    with Receiver(closing_after(ANSWER)) as receiver:
        transport = Transport(AMPLE, None)
        answers = [transport.send(request(url_of(receiver))).status_code for _ in range(3)]
    assert (answers, receiver.connections) == ([200] * 3, 3)


def test_an_answer_that_does_not_come_in_time_is_told_and_the_next_request_is_sent_on_another_connection() -> None:
    def silent_once(connection: Connection) -> None:
        connection.request()
        if receiver.connections > 1:
            connection.send(ANSWER)
        connection.pause(20)

    with Receiver(silent_once) as receiver:
        transport = Transport(Config(connect_timeout=2, read_timeout=2), None)
        with pytest.raises(ReadTimeoutError):
            transport.send(request(url_of(receiver)))
        assert transport.send(request(url_of(receiver))).status_code == 200


def test_a_connection_that_ends_before_the_answer_is_told() -> None:
    def ends(connection: Connection) -> None:
        connection.request()
        connection.send(ANSWER[:-2])

    with Receiver(ends) as receiver, pytest.raises(ConnectionClosedError):
        sent(url_of(receiver))


def test_a_reset_is_told() -> None:
    def resets(connection: Connection) -> None:
        connection.request()
        connection.reset()

    with Receiver(resets) as receiver, pytest.raises(ConnectionClosedError):
        sent(url_of(receiver))


def test_nobody_there_is_told() -> None:
    with Receiver(answering(ANSWER)) as receiver:
        url = url_of(receiver)
    with pytest.raises(EndpointConnectionError):
        sent(url)


def test_a_name_that_does_not_resolve_is_told() -> None:
    with pytest.raises(EndpointConnectionError):
        sent("http://nobody.invalid/")


def test_a_connection_that_is_not_made_in_time_is_told() -> None:
    with pytest.raises((ConnectTimeoutError, EndpointConnectionError)):
        sent(NOWHERE, config=HASTY)


def test_a_certificate_has_to_be_vouched_for(tmp_path: Path) -> None:
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    bundle = tmp_path / "bundle.pem"
    authority.cert_pem.write_to_path(bundle)
    with Receiver(answering(ANSWER), tls=tls) as receiver:
        assert sent(url_of(receiver), ca_file=str(bundle)).status_code == 200
        with pytest.raises(SSLError):
            sent(url_of(receiver))
