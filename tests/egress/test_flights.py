"""Many requests in flight, and connections that are kept: nobody waits for anybody, nothing leaks from one to the next."""

from __future__ import annotations

import ssl
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.delivery.attempt import FailureCause
from tests.egress.receiver import OK, Receiver, answering
from tests.egress.sending import DEADLINE_S, Requests, exchange, exchange_all, request_to

if TYPE_CHECKING:
    import trustme

    from chalicelib.domain.delivery.attempt import Exchange, OutboundRequest
    from tests.egress.receiver import Connection
    from tests.egress.sending import Senders

pytestmark = pytest.mark.enable_socket


def hanging_on_request(connection: Connection) -> None:
    while request := connection.request():
        if b"/hang" in request:
            while connection.pause(1):
                pass
        connection.send(OK)


@pytest.mark.hostile
def test_one_that_hangs_delays_none_of_fifty(senders: Senders) -> None:
    with Receiver(hanging_on_request) as receiver:
        urls = [receiver.url("/hang" if number == 0 else "/hook") for number in range(50)]
        dispatch = Requests([request_to(url, deadline_s=3) for url in urls])
        senders.make().exchange_all(dispatch)
    assert dispatch.ended[-1][0] == 0
    assert [ended.failure for ended in dispatch.in_order()] == [FailureCause.TIMEOUT] + [None] * 49


def test_all_requests_are_in_flight_at_once(senders: Senders) -> None:
    """The receiver answers nobody before all have asked."""
    asked: list[int] = []

    def script(connection: Connection) -> None:
        connection.request()
        asked.append(1)
        while len(asked) < 200 and connection.pause(0.01):
            pass
        connection.send(OK)

    with Receiver(script) as receiver:
        ended = exchange_all(senders.make(), *(request_to(receiver.url()) for _ in range(200)))
    assert {each.failure for each in ended} == {None}


@pytest.mark.hostile
def test_one_that_is_still_out_is_told_of_once_before_its_end(senders: Senders) -> None:
    """The receiver answers when it was told of."""

    def script(connection: Connection) -> None:
        connection.request()
        while not dispatch.told and connection.pause(0.01):
            pass
        connection.send(OK)

    with Receiver(script) as receiver:
        dispatch = Requests([request_to(receiver.url())])
        dispatch.late_after_s = 0.1
        senders.make().exchange_all(dispatch)
    assert dispatch.told == [("late", 0), ("done", 0)]
    assert dispatch.in_order()[0].failure is None


def test_a_deadline_that_comes_first_is_all_that_is_told(senders: Senders) -> None:
    with Receiver(hanging_on_request) as receiver:
        dispatch = Requests([request_to(receiver.url("/hang"), deadline_s=DEADLINE_S)])
        dispatch.late_after_s = DEADLINE_S
        senders.make().exchange_all(dispatch)
    assert dispatch.told == [("done", 0)]


def test_a_dispatch_is_asked_again_after_each_end(senders: Senders) -> None:
    class OneByOne(Requests):
        in_flight = 0

        def next(self) -> tuple[str, OutboundRequest] | None:
            given = None if self.in_flight else super().next()
            self.in_flight += given is not None
            return given

        def done(self, token: str, exchange: Exchange) -> None:
            self.in_flight -= 1
            super().done(token, exchange)

    with Receiver(answering(OK)) as receiver:
        dispatch = OneByOne([request_to(receiver.url()) for _ in range(10)])
        senders.make().exchange_all(dispatch)
    assert [number for number, _ in dispatch.ended] == list(range(10))


def test_a_dispatch_that_gives_nothing_ends_at_once(senders: Senders) -> None:
    dispatch = Requests([])
    senders.make().exchange_all(dispatch)
    assert dispatch.ended == []


def test_requests_that_fail_before_they_leave_are_all_told(senders: Senders) -> None:
    ended = exchange_all(senders.make(), *(request_to(url) for url in ("http://10.0.0.1/", "nonsense", "http://a..b/")))
    assert [each.failure for each in ended] == [
        FailureCause.BLOCKED_ADDRESS,
        FailureCause.BAD_REQUEST,
        FailureCause.BAD_REQUEST,
    ]


def test_what_the_dispatch_raises_is_passed_on_and_the_sender_lives(senders: Senders) -> None:
    class Broken(Requests):
        def done(self, token: str, exchange: Exchange) -> None:
            message = f"{token} {exchange.duration_ms}"
            raise LookupError(message)

    sender = senders.make()
    with Receiver(hanging_on_request) as receiver:
        with pytest.raises(LookupError):
            sender.exchange_all(Broken([request_to(receiver.url("/hang")), request_to(receiver.url())]))
        ended = exchange(sender, receiver.url())
    assert ended.failure is None


def test_a_connection_is_kept_for_the_next_batch(senders: Senders) -> None:
    sender = senders.make()
    with Receiver(answering(OK)) as receiver:
        for _ in range(5):
            exchange(sender, receiver.url())
    assert (receiver.connections, len(receiver.requests)) == (1, 5)


def test_a_tls_connection_is_kept_for_the_next_batch(senders: Senders, authority: trustme.CA) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("receiver.test").configure_cert(context)
    sender = senders.make()
    with Receiver(answering(OK), tls=context) as receiver:
        for _ in range(5):
            exchange(sender, receiver.url())
    assert (receiver.connections, len(receiver.requests)) == (1, 5)


@pytest.mark.hostile
def test_a_kept_connection_is_not_used_for_another_set_of_addresses(senders: Senders) -> None:
    answers = iter([("127.0.0.1",), ("127.0.0.1", "127.0.0.2"), ("127.0.0.2", "127.0.0.1")])
    sender = senders.make(lookup=lambda _: next(answers))
    with Receiver(answering(OK)) as receiver:
        for _ in range(3):
            exchange(sender, receiver.url())
    assert (receiver.connections, len(receiver.requests)) == (2, 3)


@pytest.mark.hostile
def test_a_kept_connection_is_not_used_for_another_name_at_the_same_address(senders: Senders) -> None:
    sender = senders.make()
    with Receiver(answering(OK)) as receiver:
        for host in ("a.test", "b.test"):
            exchange(sender, receiver.url(host=host))
    assert receiver.connections == 2


@pytest.mark.hostile
def test_a_name_that_moves_is_called_where_it_is_now(senders: Senders) -> None:
    answers = iter([("127.0.0.1",), ("127.0.0.2",)])
    sender = senders.make(lookup=lambda _: next(answers))
    with Receiver(answering(OK)) as one, Receiver(answering(OK), host="127.0.0.2", port=one.port) as other:
        for _ in range(2):
            exchange(sender, one.url())
    assert (len(one.requests), len(other.requests)) == (1, 1)


@pytest.mark.hostile
def test_a_kept_connection_that_the_receiver_has_closed_is_replaced(senders: Senders) -> None:
    def script(connection: Connection) -> None:
        connection.request()
        connection.send(OK)

    sender = senders.make()
    with Receiver(script) as receiver:
        causes = [exchange(sender, receiver.url()).judge()[0] for _ in range(4)]
    assert (causes, len(receiver.requests)) == ([None] * 4, 4)


@pytest.mark.hostile
def test_a_request_is_not_sent_again_once_a_byte_of_an_answer_has_come(senders: Senders) -> None:
    def script(connection: Connection) -> None:
        connection.request()
        connection.send(OK)
        connection.request()
        connection.send(b"H")

    sender = senders.make()
    with Receiver(script) as receiver:
        causes = [exchange(sender, receiver.url()).judge()[0] for _ in range(2)]
    assert (causes, len(receiver.requests)) == ([None, FailureCause.BAD_RESPONSE], 2)


@pytest.mark.hostile
def test_a_request_that_was_answered_in_part_is_not_sent_again_on_another_kept_connection(senders: Senders) -> None:
    both = threading.Barrier(2, timeout=20)

    def script(connection: Connection) -> None:
        connection.request()
        both.wait()
        connection.send(OK)
        if connection.request():
            connection.send(b"H")

    sender = senders.make()
    with Receiver(script) as receiver:
        exchange_all(sender, *(request_to(receiver.url()) for _ in range(2)))
        ended = exchange(sender, receiver.url())
    assert (ended.failure, receiver.connections, len(receiver.requests)) == (FailureCause.BAD_RESPONSE, 2, 3)


@pytest.mark.hostile
def test_a_request_that_was_not_answered_at_all_may_be_sent_again_on_another_connection(senders: Senders) -> None:
    both = threading.Barrier(2, timeout=20)

    def script(connection: Connection) -> None:
        is_old = receiver.connections <= 2
        connection.request()
        if is_old:
            both.wait()
        connection.send(OK)
        connection.request()

    sender = senders.make()
    with Receiver(script) as receiver:
        exchange_all(sender, *(request_to(receiver.url()) for _ in range(2)))
        ended = exchange(sender, receiver.url())
    assert (ended.failure, receiver.connections) == (None, 3)


@pytest.mark.hostile
def test_a_receiver_that_hangs_up_on_every_second_request_cannot_make_the_sender_repeat_for_ever(senders: Senders) -> None:
    def script(connection: Connection) -> None:
        if connection.request():
            connection.send(OK)
        connection.request()

    sender = senders.make()
    with Receiver(script) as receiver:
        causes = [exchange(sender, receiver.url(), deadline_s=5).judge()[0] for _ in range(2)]
    assert causes == [None, None]
    assert len(receiver.requests) == 3


@pytest.mark.hostile
def test_a_request_that_timed_out_takes_its_connection_with_it(senders: Senders) -> None:
    def script(connection: Connection) -> None:
        while request := connection.request():
            if b"/slow" in request:
                connection.pause(DEADLINE_S * 2)
                connection.send(b"HTTP/1.1 500 X\r\ncontent-length: 0\r\n\r\n")
            else:
                connection.send(OK)

    sender = senders.make()
    with Receiver(script) as receiver:
        exchange(sender, receiver.url("/slow"), deadline_s=DEADLINE_S)
        ended = exchange(sender, receiver.url())
    assert ended.response is not None
    assert (ended.response.status, receiver.connections) == (200, 2)


def test_senders_leave_no_descriptors_behind(senders: Senders) -> None:
    def descriptors() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    sender = senders.make()
    with Receiver(answering(OK)) as receiver:
        exchange(sender, receiver.url())
    before = descriptors()
    with Receiver(answering(OK)) as receiver:
        exchange_all(sender, *(request_to(receiver.url(), deadline_s=5) for _ in range(50)))
    sender.close()
    senders.forget(sender)
    assert descriptors() <= before
