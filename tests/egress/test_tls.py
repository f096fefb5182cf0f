"""TLS: the name in the URL has to be on a certificate that the bundle vouches for."""

from __future__ import annotations

import contextlib
import gzip
import os
import socket
import ssl
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import certifi
import pytest
import trustme

from chalicelib.domain.delivery.attempt import FailureCause
from tests.egress.receiver import OK, Receiver, answering
from tests.egress.sending import AMPLE_S, DEADLINE_S, exchange

if TYPE_CHECKING:
    from tests.egress.receiver import Connection
    from tests.egress.sending import Senders

pytestmark = [pytest.mark.hostile, pytest.mark.enable_socket]

NAME = "receiver.test"


def presenting(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


@pytest.fixture(scope="module")
def sound(authority: trustme.CA) -> ssl.SSLContext:
    return presenting(authority.issue_cert(NAME))


def test_a_receiver_with_a_sound_certificate_is_called_by_its_name(senders: Senders, sound: ssl.SSLContext) -> None:
    asked: list[str | None] = []
    sound.sni_callback = lambda _socket, name, _context: asked.append(name)
    with Receiver(answering(OK), tls=sound) as receiver:
        ended = exchange(senders.make(), receiver.url())
    sound.sni_callback = None
    assert (ended.judge()[0], asked) == (None, [NAME])
    assert f"\r\nhost: {NAME}:{receiver.port}\r\n".encode() in receiver.requests[0].lower()


@pytest.mark.parametrize(
    "fault", ["expired", "not yet valid", "wrong host", "unknown authority", "self-signed", "address only"]
)
def test_a_faulty_certificate_is_a_tls_failure_and_no_request_leaves(
    senders: Senders, authority: trustme.CA, fault: str
) -> None:
    now, year = datetime.now(UTC), timedelta(days=365)
    certificates = {
        "expired": lambda: authority.issue_cert(NAME, not_before=now - 2 * year, not_after=now - year),
        "not yet valid": lambda: authority.issue_cert(NAME, not_before=now + year, not_after=now + 2 * year),
        "wrong host": lambda: authority.issue_cert("other.test"),
        "unknown authority": lambda: trustme.CA().issue_cert(NAME),
        "self-signed": lambda: trustme.CA().issue_cert(NAME),
        "address only": lambda: authority.issue_cert("127.0.0.1"),
    }
    context = presenting(certificates[fault]())
    if fault == "self-signed":
        context = _self_signed()
    with Receiver(answering(OK), tls=context) as receiver:
        ended = exchange(senders.make(), receiver.url("/secret"))
    assert (ended.failure, ended.response, receiver.requests) == (FailureCause.TLS, None, [])
    assert "secret" not in ended.detail


def _self_signed() -> ssl.SSLContext:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with authority.private_key_pem.tempfile() as key, authority.cert_pem.tempfile() as certificate:
        context.load_cert_chain(certificate, key)
    return context


def test_the_bundle_that_ships_does_not_trust_a_private_authority(senders: Senders, sound: ssl.SSLContext) -> None:
    with Receiver(answering(OK), tls=sound) as receiver:
        ended = exchange(senders.make(ca_file=certifi.where()), receiver.url())
    assert (ended.failure, receiver.requests) == (FailureCause.TLS, [])


def test_a_certificate_for_an_address_is_good_for_that_address(senders: Senders, authority: trustme.CA) -> None:
    with Receiver(answering(OK), tls=presenting(authority.issue_cert("127.0.0.1"))) as receiver:
        ended = exchange(senders.make(), receiver.url(host="127.0.0.1"))
    assert ended.judge()[0] is None


def test_a_handshake_that_stalls_ends_at_the_deadline(senders: Senders) -> None:
    def stall(connection: Connection) -> None:
        while connection.pause(1):
            pass

    with Receiver(stall) as receiver:
        ended = exchange(senders.make(), f"https://{NAME}:{receiver.port}/", deadline_s=DEADLINE_S)
    assert ended.failure is FailureCause.TIMEOUT
    assert DEADLINE_S * 900 <= ended.duration_ms < AMPLE_S * 1000


def test_a_handshake_that_drips_ends_at_the_deadline(senders: Senders) -> None:
    def drip(connection: Connection) -> None:
        connection.socket.recv(65_536)
        connection.send(b"\x16\x03\x03\x40\x00")  # a handshake record of 16 KiB
        while connection.pause(0.05):
            connection.send(b"\x02")

    with Receiver(drip) as receiver:
        ended = exchange(senders.make(), f"https://{NAME}:{receiver.port}/", deadline_s=DEADLINE_S)
    assert ended.failure in {FailureCause.TIMEOUT, FailureCause.TLS}
    assert ended.duration_ms < AMPLE_S * 1000


@pytest.mark.parametrize(
    "greeting",
    [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", b"\x15\x03\x03\x00\x02\x02\x28", bytes(range(256))],
    ids=["plain HTTP", "closes", "an alert", "rubbish"],
)
def test_what_does_not_speak_tls_is_a_tls_failure(senders: Senders, greeting: bytes) -> None:
    def script(connection: Connection) -> None:
        connection.socket.recv(65_536)
        connection.send(greeting)

    with Receiver(script) as receiver:
        ended = exchange(senders.make(), f"https://{NAME}:{receiver.port}/")
    assert ended.failure is FailureCause.TLS


def test_https_is_never_answered_in_plain_text(senders: Senders) -> None:
    with Receiver(answering(OK)) as receiver:
        ended = exchange(senders.make(), f"https://{NAME}:{receiver.port}/", deadline_s=DEADLINE_S)
    assert ended.failure in {FailureCause.TLS, FailureCause.TIMEOUT}
    assert receiver.requests == []


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_tls_1_1_is_refused(senders: Senders, authority: trustme.CA) -> None:
    context = presenting(authority.issue_cert(NAME))
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    with Receiver(answering(OK), tls=context) as receiver:
        ended = exchange(senders.make(), receiver.url())
    assert (ended.failure, receiver.requests) == (FailureCause.TLS, [])


def test_an_end_without_a_goodbye_cuts_a_body_without_a_length(senders: Senders, sound: ssl.SSLContext) -> None:
    """TLS says goodbye before it closes; an attacker on the wire cannot forge that, so without it the body may be cut."""

    def script(connection: Connection) -> None:
        connection.request()
        connection.send(b"HTTP/1.1 200 OK\r\n\r\npart")
        connection.socket.shutdown(socket.SHUT_WR)

    with Receiver(script, tls=sound) as receiver:
        ended = exchange(senders.make(), receiver.url())
    assert ended.judge() == (None, "The receiver answered 200. Its body is incomplete: the connection broke.")
    assert ended.response is not None
    assert (ended.response.body, ended.response.is_truncated) == (b"part", True)


def test_a_forged_record_in_the_body_leaves_the_answer_that_came_before_it(senders: Senders, sound: ssl.SSLContext) -> None:
    def script(connection: Connection) -> None:
        connection.request()
        connection.send(b"HTTP/1.1 404 X\r\n\r\npart")
        connection.pause(0.1)
        with socket.socket(fileno=os.dup(connection.socket.fileno())) as below:
            below.sendall(b"\x17\x03\x03\x00\x20" + b"q" * 32)

    with Receiver(script, tls=sound) as receiver:
        ended = exchange(senders.make(), receiver.url())
    assert ended.judge()[0] is FailureCause.STATUS
    assert "Its body is incomplete: TLS failed (" in ended.judge()[1]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_receiver_that_wants_a_certificate_of_the_client_is_a_tls_failure_that_says_so(
    senders: Senders, authority: trustme.CA, version: ssl.TLSVersion
) -> None:
    """In TLS 1.3 the alert comes with the first read, when the client's handshake is over."""
    context = presenting(authority.issue_cert(NAME))
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    context.minimum_version = context.maximum_version = version

    def script(connection: Connection) -> None:
        """Refuse, and read on: a close with the request unread would be a reset, which may overtake the alert."""
        below = socket.socket(fileno=os.dup(connection.socket.fileno()))
        wrapped = context.wrap_socket(connection.socket, server_side=True, do_handshake_on_connect=False)
        with below, wrapped:
            with contextlib.suppress(ssl.SSLError):
                wrapped.do_handshake()
            while below.recv(65_536):
                pass

    with Receiver(script) as receiver:
        ended = exchange(senders.make(), f"https://{NAME}:{receiver.port}/secret")
    assert (ended.failure, ended.response) == (FailureCause.TLS, None)
    assert "alert" in ended.detail
    assert ("certificate required" in ended.detail) == (version is ssl.TLSVersion.TLSv1_3)
    assert "secret" not in ended.detail


def test_bytes_behind_an_answer_in_tls_are_not_taken_for_the_next_one(senders: Senders, sound: ssl.SSLContext) -> None:
    """Both records come in one segment, so that the TLS layer reads the second one ahead, where no poll sees it."""

    def script(connection: Connection) -> None:
        connection.request()
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
        connection.send(OK)
        connection.send(b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nsmuggled")
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)
        connection.request()
        connection.pause(1)

    sender = senders.make()
    with Receiver(script, tls=sound) as receiver:
        answers = [exchange(sender, receiver.url(), deadline_s=5) for _ in range(2)]
    assert answers[0].judge()[0] is None
    assert (answers[1].failure, len(receiver.requests)) == (FailureCause.BAD_RESPONSE, 2)


def test_a_bomb_over_tls_is_cut_too(senders: Senders, sound: ssl.SSLContext) -> None:
    bomb = gzip.compress(bytes(1_000_000))
    with Receiver(answering(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n" + bomb), tls=sound) as receiver:
        ended = exchange(senders.make(), receiver.url())
    assert ended.response is not None
    assert (len(ended.response.body), ended.response.is_truncated) == (65_536, True)
