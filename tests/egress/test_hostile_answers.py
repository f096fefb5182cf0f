"""Answers that no honest receiver gives: each ends within the deadline, in bounded memory, with a verdict."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.delivery.attempt import FailureCause
from tests.egress.receiver import Receiver, answering, closing_after
from tests.egress.sending import AMPLE_S, DEADLINE_S, SmallLimits, exchange, exchange_all, request_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.egress.receiver import Connection
    from tests.egress.sending import Senders

pytestmark = [pytest.mark.hostile, pytest.mark.enable_socket]

HEAD = b"HTTP/1.1 200 OK\r\n"


def dripping(start: bytes, drop: bytes) -> Callable[[Connection], None]:
    """A script: `start`, then `drop` every 50 ms, for ever: no single wait is long."""

    def script(connection: Connection) -> None:
        connection.request()
        connection.send(start)
        while connection.pause(0.05):
            connection.send(drop)

    return script


def flooding(start: bytes, block: bytes, times: int = 1 << 40) -> Callable[[Connection], None]:
    """A script: `start`, then `block` as fast as it is taken."""

    def script(connection: Connection) -> None:
        connection.request()
        connection.send(start)
        for _ in range(times):
            connection.send(block)

    return script


def resetting_after(answer: bytes) -> Callable[[Connection], None]:
    def script(connection: Connection) -> None:
        connection.request()
        connection.send(answer)
        connection.pause(0.1)
        connection.reset()

    return script


def silent(connection: Connection) -> None:
    connection.request()
    while connection.pause(1):
        pass


def deaf(connection: Connection) -> None:
    while connection.pause(1):
        pass


STALLING = {
    "never answers": silent,
    "never reads": deaf,
    "drips its status line": dripping(b"HTTP/1.1 200 ", b"O"),
    "drips its headers": dripping(HEAD, b"x-a: b\r\n"),
    "drips one header": dripping(HEAD + b"x-a: ", b"b"),
    "sends 100 Continue for ever": dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "sends 102 Processing for ever": dripping(b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
    "stops in its headers": dripping(HEAD + b"x-a: b\r\n", b""),
}
STALLING_IN_THE_BODY = {
    "drips its body": dripping(HEAD + b"content-length: 100000\r\n\r\n", b"x"),
    "drips a body without an end": dripping(HEAD + b"\r\n", b"x"),
    "drips chunks": dripping(HEAD + b"transfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "drips a chunk's size": dripping(HEAD + b"transfer-encoding: chunked\r\n\r\n1\r\nx\r\n", b""),
    "drips trailers": dripping(HEAD + b"transfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n", b"x-a: b\r\n"),
    "drips gzip": dripping(HEAD + b"content-encoding: gzip\r\n\r\n" + gzip.compress(b"x" * 10)[:-8], b""),
    "has more length than body": dripping(HEAD + b"content-length: 10\r\n\r\nx", b""),
}


@pytest.mark.parametrize("script", STALLING.values(), ids=STALLING.keys())
def test_a_receiver_that_stalls_before_its_answer_ends_at_the_deadline(
    senders: Senders, script: Callable[[Connection], None]
) -> None:
    with Receiver(script) as receiver:
        ended = exchange(senders.make(), receiver.url(), deadline_s=DEADLINE_S)
    assert (ended.failure, ended.response) == (FailureCause.TIMEOUT, None)
    assert DEADLINE_S * 900 <= ended.duration_ms < AMPLE_S * 1000


@pytest.mark.parametrize("script", STALLING_IN_THE_BODY.values(), ids=STALLING_IN_THE_BODY.keys())
def test_a_receiver_that_stalls_in_its_body_has_answered_and_what_came_by_the_deadline_is_kept(
    senders: Senders, script: Callable[[Connection], None]
) -> None:
    with Receiver(script) as receiver:
        ended = exchange(senders.make(), receiver.url(), deadline_s=DEADLINE_S)
    assert ended.judge() == (None, "The receiver answered 200. Its body is incomplete: it did not end within 0.6 s.")
    assert ended.is_timed_out
    assert DEADLINE_S * 900 <= ended.duration_ms < AMPLE_S * 1000
    assert ended.response is not None
    assert (ended.response.status, ended.response.is_truncated) == (200, True)
    assert set(ended.response.body) == {ord("x")}


OUT_OF_BOUNDS = {
    "10,000 headers": flooding(HEAD, b"x-a: b\r\n", 10_000),
    "101 headers": closing_after(HEAD + b"x-a: b\r\n" * 100 + b"content-length: 0\r\n\r\n"),
    "a header of 1 MB": flooding(HEAD + b"x-a: ", b"b" * 1_000_000, 1),
    "a header without an end": flooding(HEAD + b"x-a: ", b"b" * 10_000),
    "a header name without an end": flooding(HEAD, b"b" * 10_000),
    "headers of 32 KiB and more": closing_after(HEAD + (b"x-a: " + b"b" * 1_000 + b"\r\n") * 40 + b"\r\n"),
    "a status line without an end": flooding(b"HTTP/1.1 200 ", b"O" * 10_000),
    "a flood of 100 Continue": flooding(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    "a flood of 103 Early Hints": flooding(b"", b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" * 100),
    "a flood of folded lines": flooding(HEAD + b"x-a: b\r\n", b" c\r\n" * 1_000),
}
NO_HTTP = {
    "no status line": closing_after(b"hello\r\n\r\nworld"),
    "HTTP/0.9": closing_after(b"<html>hello</html>"),
    "binary": closing_after(bytes(range(256)) * 10),
    "HTTP/2": closing_after(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80"),
    "HTTP/7": closing_after(b"HTTP/7.0 200 OK\r\n\r\n"),
    "a status of letters": closing_after(b"HTTP/1.1 OK\r\n\r\n"),
    "a status of two digits": closing_after(b"HTTP/1.1 20 OK\r\n\r\n"),
    "a negative status": closing_after(b"HTTP/1.1 -200 OK\r\n\r\n"),
    "SMTP": closing_after(b"220 mail.example ESMTP\r\n"),
    "a NUL in a header": closing_after(HEAD + b"x-a: b\x00c\r\ncontent-length: 0\r\n\r\n"),
    "a NUL in the status line": closing_after(b"HTTP/1.1 200 O\x00K\r\ncontent-length: 0\r\n\r\n"),
    "a header without a colon": closing_after(HEAD + b"hello\r\ncontent-length: 0\r\n\r\n"),
    "two lengths": closing_after(HEAD + b"content-length: 1\r\ncontent-length: 2\r\n\r\nxx"),
    "a negative length": closing_after(HEAD + b"content-length: -1\r\n\r\nx"),
    "a length of letters": closing_after(HEAD + b"content-length: x\r\n\r\nx"),
    "an unknown transfer coding": closing_after(HEAD + b"transfer-encoding: bzip2, chunked\r\n\r\n0\r\n\r\n"),
    "101 that nobody asked for": closing_after(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n"),
    "only 100 Continue": closing_after(b"HTTP/1.1 100 Continue\r\n\r\n"),
}
BREAKING_OFF = {
    "closes before a byte": closing_after(b""),
    "resets before a byte": resetting_after(b""),
    "closes in the status line": closing_after(b"HTTP/1.1 2"),
    "closes in the headers": closing_after(HEAD + b"x-a: b\r\n"),
    "resets in the headers": resetting_after(HEAD + b"x-a: b\r\n"),
}
CHUNKED = b"transfer-encoding: chunked\r\n\r\n"
BROKEN_BODIES = {
    "closes in the body": (closing_after, b"content-length: 64\r\n\r\n17 bytes were here", "the receiver closed"),
    "resets in the body": (resetting_after, b"content-length: 64\r\n\r\n17 bytes were here", "the connection broke"),
    "closes before the body": (closing_after, b"content-length: 64\r\n\r\n", "the receiver closed"),
    "resets before the body": (resetting_after, b"content-length: 64\r\n\r\n", "the connection broke"),
    "resets in a body without a length": (resetting_after, b"\r\nx", "the connection broke"),
    "closes in a chunk": (closing_after, CHUNKED + b"a\r\nx", "the receiver closed"),
    "closes before the last chunk": (closing_after, CHUNKED + b"1\r\nx\r\n", "the receiver closed"),
    "closes before the last line end": (closing_after, CHUNKED + b"1\r\nx\r\n0\r\n", "the receiver closed"),
    "closes in the trailers": (closing_after, CHUNKED + b"1\r\nx\r\n0\r\nx-a: b", "the receiver closed"),
    "a chunk without a line end": (closing_after, CHUNKED + b"1\r\nxyz\r\n0\r\n\r\n", "its chunks are not valid"),
    "a chunk size of letters": (closing_after, CHUNKED + b"zz\r\nx\r\n", "its chunks are not valid"),
    "a chunk size too large": (closing_after, CHUNKED + b"f" * 40 + b"\r\n", "its chunks are not valid"),
    "101 trailers": (
        closing_after,
        CHUNKED + b"0\r\n" + b"x-a: b\r\n" * 100 + b"\r\n",
        "The response has more than 100 headers",
    ),
    "gzip that ends early": (
        closing_after,
        b"content-encoding: gzip\r\n\r\n" + gzip.compress(b"x" * 10)[:-8],
        "its gzip compression ends early",
    ),
    "gzip with a wrong checksum": (
        closing_after,
        b"content-encoding: gzip\r\n\r\n" + gzip.compress(b"x" * 10)[:-8] + b"\xff" * 8,
        "its gzip compression is corrupt",
    ),
}


@pytest.mark.parametrize("script", OUT_OF_BOUNDS.values(), ids=OUT_OF_BOUNDS.keys())
def test_headers_out_of_bounds_are_a_bad_response(senders: Senders, script: Callable[[Connection], None]) -> None:
    with Receiver(script) as receiver:
        ended = exchange(senders.make(), receiver.url())
    assert ended.judge()[0] is FailureCause.BAD_RESPONSE
    assert ended.detail.endswith(".")


@pytest.mark.parametrize("script", NO_HTTP.values(), ids=NO_HTTP.keys())
def test_what_is_no_http_answer_is_a_bad_response(senders: Senders, script: Callable[[Connection], None]) -> None:
    with Receiver(script) as receiver:
        ended = exchange(senders.make(), receiver.url())
    assert ended.judge()[0] is FailureCause.BAD_RESPONSE
    assert ended.judge()[1].endswith(".")


@pytest.mark.parametrize("script", BREAKING_OFF.values(), ids=BREAKING_OFF.keys())
def test_an_answer_that_breaks_off_in_its_headers_is_a_bad_response_and_is_asked_for_once(
    senders: Senders, script: Callable[[Connection], None]
) -> None:
    with Receiver(script) as receiver:
        ended = exchange(senders.make(), receiver.url())
    assert ended.judge()[0] is FailureCause.BAD_RESPONSE
    assert len(receiver.requests) == 1


Breaking = tuple["Callable[[bytes], Callable[[Connection], None]]", bytes, str]


@pytest.mark.parametrize("breaking", BROKEN_BODIES.values(), ids=BROKEN_BODIES.keys())
def test_an_answer_whose_headers_are_complete_counts_however_its_body_ends(senders: Senders, breaking: Breaking) -> None:
    script, rest, oddity = breaking
    with Receiver(script(HEAD + rest)) as receiver:
        ended = exchange(senders.make(), receiver.url())
    cause, message = ended.judge()
    assert (cause, len(receiver.requests), ended.is_timed_out) == (None, 1, False)
    assert message.startswith(f"The receiver answered 200. Its body is incomplete: {oddity}")
    assert ended.response is not None
    assert ended.response.is_truncated


@pytest.mark.parametrize(
    ("status", "cause"), [(404, "status"), (410, "gone"), (503, "status"), (302, "status"), (600, "badResponse")]
)
@pytest.mark.parametrize("breaking", BROKEN_BODIES.values(), ids=BROKEN_BODIES.keys())
def test_a_failure_stays_the_failure_that_its_status_says_however_its_body_ends(
    senders: Senders, breaking: Breaking, status: int, cause: str
) -> None:
    script, rest, _ = breaking
    with Receiver(script(b"HTTP/1.1 %d X\r\nretry-after: 7\r\n" % status + rest)) as receiver:
        ended = exchange(senders.make(), receiver.url())
    assert ended.judge()[0] == cause
    assert ended.response is not None
    assert (ended.response.status, ended.response.header("retry-after")) == (status, "7")


@pytest.mark.parametrize("script", [closing_after, resetting_after])
def test_a_body_is_kept_as_far_as_it_came(senders: Senders, script: Callable[[bytes], Callable[[Connection], None]]) -> None:
    with Receiver(script(HEAD + b"content-length: 64\r\n\r\n17 bytes are here")) as receiver:
        ended = exchange(senders.make(), receiver.url())
    assert ended.response is not None
    assert ended.response.body == b"17 bytes are here"


def test_expanded_content_is_kept_as_far_as_it_came(senders: Senders) -> None:
    cut = gzip.compress(b"x" * 10)[:-8]
    with Receiver(closing_after(HEAD + b"content-encoding: gzip\r\ncontent-length: 1000\r\n\r\n" + cut)) as receiver:
        ended = exchange(senders.make(), receiver.url())
    assert ended.response is not None
    assert (ended.response.body, ended.response.is_truncated) == (b"x" * 10, True)


def test_a_timeout_in_the_body_of_a_404_is_a_404(senders: Senders) -> None:
    with Receiver(dripping(b"HTTP/1.1 404 X\r\ncontent-length: 100000\r\n\r\n", b"x")) as receiver:
        ended = exchange(senders.make(), receiver.url(), deadline_s=DEADLINE_S)
    assert ended.judge()[0] is FailureCause.STATUS


MUCH = b"x" * 30_000_000
"""More than the sockets of both sides buffer."""


def answering_early(status: int) -> Callable[[Connection], None]:
    """A script: an answer without a look at the request, which is not read."""

    def script(connection: Connection) -> None:
        connection.send(b"HTTP/1.1 %d X\r\ncontent-length: 10\r\n\r\nx" % status)
        while connection.pause(1):
            pass

    return script


def test_a_success_before_the_request_was_taken_is_none(senders: Senders) -> None:
    """What has not left cannot have arrived."""
    with Receiver(answering_early(200)) as receiver:
        request = request_to(receiver.url(), deadline_s=DEADLINE_S, body=MUCH)
        (ended,) = exchange_all(senders.make(), request)
    assert ended.judge()[0] is FailureCause.TIMEOUT
    assert ended.response is not None
    assert (ended.response.status, ended.response.is_truncated) == (200, True)


def test_a_refusal_before_the_request_was_taken_is_the_refusal(senders: Senders) -> None:
    with Receiver(answering_early(413)) as receiver:
        request = request_to(receiver.url(), deadline_s=DEADLINE_S, body=MUCH)
        (ended,) = exchange_all(senders.make(), request)
    assert ended.judge()[0] is FailureCause.STATUS


@pytest.mark.parametrize("status", [600, 666, 999, 0, 99])
def test_a_status_that_does_not_exist_is_a_bad_response(senders: Senders, status: int) -> None:
    with Receiver(closing_after(b"HTTP/1.1 %03d X\r\ncontent-length: 0\r\n\r\n" % status)) as receiver:
        ended = exchange(senders.make(), receiver.url())
    assert ended.judge()[0] is FailureCause.BAD_RESPONSE


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 300, 304])
@pytest.mark.parametrize(
    "location", ["http://169.254.169.254/latest/meta-data/", "https://example.com/", "/hook", "//a.test/"]
)
def test_a_redirect_is_a_failure_and_is_not_followed(senders: Senders, status: int, location: str) -> None:
    answer = b"HTTP/1.1 %d X\r\nlocation: %s\r\ncontent-length: 0\r\n\r\n" % (status, location.encode())
    with Receiver(answering(answer)) as receiver:
        ended = exchange(senders.make(), receiver.url())
    assert (ended.judge()[0], receiver.connections, len(receiver.requests)) == (FailureCause.STATUS, 1, 1)


def test_a_redirect_to_the_receiver_itself_is_not_followed(senders: Senders) -> None:
    def script(connection: Connection) -> None:
        while connection.request():
            connection.send(b"HTTP/1.1 307 X\r\nlocation: %s\r\ncontent-length: 0\r\n\r\n" % receiver.url().encode())

    with Receiver(script) as receiver:
        exchange(senders.make(), receiver.url())
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("header", [b"refresh: 0; url=/a", b'alt-svc: h2=":1"', b"www-authenticate: Basic", b"link: </a>"])
def test_no_header_makes_the_sender_send_again(senders: Senders, header: bytes) -> None:
    with Receiver(answering(b"HTTP/1.1 401 X\r\n" + header + b"\r\ncontent-length: 0\r\n\r\n")) as receiver:
        exchange(senders.make(), receiver.url())
    assert len(receiver.requests) == 1


def test_invalid_bytes_in_headers_are_kept_as_latin_1(senders: Senders) -> None:
    with Receiver(answering(HEAD + b"x-a: \xff\xfe\x80\xe9\r\ncontent-length: 0\r\n\r\n")) as receiver:
        ended = exchange(senders.make(), receiver.url())
    assert ended.response is not None
    assert ended.response.header("x-a") == "ÿþ\x80é"


def test_a_folded_header_is_one_header(senders: Senders) -> None:
    with Receiver(answering(HEAD + b"x-a: b\r\n  c\r\ncontent-length: 0\r\n\r\n")) as receiver:
        ended = exchange(senders.make(), receiver.url())
    assert ended.response is not None
    assert ended.response.header("x-a") == "b c"


def test_interim_answers_are_dropped(senders: Senders) -> None:
    interim = b"HTTP/1.1 103 Early Hints\r\nx-interim: 1\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
    with Receiver(answering(interim + HEAD + b"x-a: b\r\ncontent-length: 2\r\n\r\nok")) as receiver:
        ended = exchange(senders.make(), receiver.url())
    assert ended.response is not None
    assert ended.response.headers == (("x-a", "b"), ("content-length", "2"))


@pytest.mark.parametrize("answer", [b"HTTP/1.1 204 No Content\r\n\r\n", b"HTTP/1.1 304 Not Modified\r\n\r\n"])
def test_an_answer_that_has_no_body_does_not_wait_for_one(senders: Senders, answer: bytes) -> None:
    with Receiver(answering(answer)) as receiver:
        ended = exchange(senders.make(), receiver.url())
    assert (ended.failure, ended.response and ended.response.body) == (None, b"")


def test_an_answer_that_comes_before_the_request_was_read_is_taken(senders: Senders) -> None:
    with Receiver(lambda connection: connection.send(b"HTTP/1.1 413 X\r\ncontent-length: 0\r\n\r\n")) as receiver:
        ended = exchange(senders.make(), receiver.url())
    assert ended.judge()[0] in {FailureCause.STATUS, FailureCause.BAD_RESPONSE, FailureCause.CONNECT}


def test_bytes_behind_an_answer_are_not_taken_for_the_next_one(senders: Senders) -> None:
    smuggled = b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nsmuggled"
    sender = senders.make()
    with Receiver(answering(HEAD + b"content-length: 2\r\n\r\nok" + smuggled)) as receiver:
        bodies = [ended.response and ended.response.body for ended in (exchange(sender, receiver.url()) for _ in range(3))]
    assert bodies == [b"ok"] * 3


def test_bytes_that_come_between_requests_are_not_taken_for_the_next_answer(senders: Senders) -> None:
    def script(connection: Connection) -> None:
        while connection.request():
            connection.send(HEAD + b"content-length: 2\r\n\r\nok")
            connection.pause(0.05)
            connection.send(b"HTTP/1.1 500 X\r\ncontent-length: 0\r\n\r\n")
            unsolicited.append(1)

    unsolicited: list[int] = []
    sender = senders.make()
    with Receiver(script) as receiver:
        exchange(sender, receiver.url())
        while not unsolicited:
            receiver.stopped.wait(0.01)
        ended = exchange(sender, receiver.url())
    assert ended.response is not None
    assert ended.response.status == 200


def test_a_length_that_is_too_small_ends_the_body_there(senders: Senders) -> None:
    with Receiver(answering(HEAD + b"content-length: 1\r\n\r\nxyz")) as receiver:
        ended = exchange(senders.make(), receiver.url())
    assert (ended.failure, ended.response and ended.response.body) == (None, b"x")


def test_a_body_of_exactly_the_cap_is_whole(senders: Senders) -> None:
    with Receiver(answering(HEAD + b"content-length: 8\r\n\r\n12345678")) as receiver:
        ended = exchange(senders.make(limits=SmallLimits(response_bytes_max=8)), receiver.url())
    assert ended.response is not None
    assert (ended.response.body, ended.response.is_truncated) == (b"12345678", False)


@pytest.mark.parametrize("cap", [0, 1, 7])
def test_a_longer_body_is_cut_and_the_attempt_is_judged_by_its_status(senders: Senders, cap: int) -> None:
    with Receiver(dripping(HEAD + b"content-length: 8000\r\n\r\n12345678", b"")) as receiver:
        ended = exchange(senders.make(limits=SmallLimits(response_bytes_max=cap)), receiver.url())
    assert ended.judge()[0] is None
    assert ended.response is not None
    assert (ended.response.body, ended.response.is_truncated) == (b"12345678"[:cap], True)


def _raw_deflate(data: bytes) -> bytes:
    coder = zlib.compressobj(wbits=-15)
    return coder.compress(data) + coder.flush()


PLAIN = b'{"error": "no such channel"}' * 4
BROKEN = gzip.compress(PLAIN)[:10] + b"\xff" * 9
CODED = {
    "gzip": (b"gzip", gzip.compress(PLAIN), PLAIN),
    "gzip of several members": (b"gzip", gzip.compress(PLAIN[:50]) + gzip.compress(PLAIN[50:]), PLAIN),
    "gzip in capitals": (b"GZIP", gzip.compress(PLAIN), PLAIN),
    "x-gzip": (b"x-gzip", gzip.compress(PLAIN), PLAIN),
    "deflate": (b"deflate", zlib.compress(PLAIN), PLAIN),
    "deflate without a frame": (b"deflate", _raw_deflate(PLAIN), PLAIN),
    "identity": (b"identity", PLAIN, PLAIN),
    "brotli": (b"br", b"\x0b\x02\x80abc\x03", b"\x0b\x02\x80abc\x03"),
    "zstd": (b"zstd", b"\x28\xb5\x2f\xfd\x04", b"\x28\xb5\x2f\xfd\x04"),
    "gzip that is none": (b"gzip", b"not gzip", b"not gzip"),
    "gzip that breaks": (b"gzip", BROKEN, BROKEN),
    "a chain": (b"gzip, gzip", gzip.compress(gzip.compress(PLAIN)), gzip.compress(gzip.compress(PLAIN))),
    "a chain over two headers": (b"gzip\r\ncontent-encoding: gzip", gzip.compress(PLAIN), gzip.compress(PLAIN)),
    "a chain of fifty": (b", ".join([b"gzip"] * 50), PLAIN, PLAIN),
}


@pytest.mark.parametrize(("coding", "sent", "kept"), CODED.values(), ids=CODED.keys())
def test_one_known_coding_is_expanded_and_anything_else_is_kept_as_it_came(
    senders: Senders, coding: bytes, sent: bytes, kept: bytes
) -> None:
    answer = HEAD + b"content-encoding: %s\r\ncontent-length: %d\r\n\r\n%s" % (coding, len(sent), sent)
    with Receiver(answering(answer)) as receiver:
        ended = exchange(senders.make(), receiver.url())
    assert ended.response is not None
    assert (ended.judge()[0], ended.response.body, ended.response.is_truncated) == (None, kept, False)


def test_compressed_bytes_without_content_are_bounded_too(senders: Senders) -> None:
    def script(connection: Connection) -> None:
        connection.request()
        coder = zlib.compressobj(wbits=31)
        connection.send(HEAD + b"content-encoding: gzip\r\n\r\n" + coder.compress(b"") + coder.flush(zlib.Z_SYNC_FLUSH))
        while True:
            connection.send(b"\x00\x00\x00\xff\xff" * 1_000)  # empty stored blocks

    with Receiver(script) as receiver:
        ended = exchange(senders.make(), receiver.url())
    assert ended.response is not None
    assert (ended.response.body, ended.response.is_truncated) == (b"", True)
