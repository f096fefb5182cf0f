"""After a freeze, a request to a receiver goes out on a new connection: the one that was kept may be dead.

The receiver drops kept connections in silence: it neither reads on nor closes them, like a load balancer that has forgotten
them. The wall clock is handed in; the monotonic clock, and libcurl's with it, does not move by more than the test takes.
"""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from chalicelib.adapters.egress.connections import CONNECTION_IDLE_S
from chalicelib.adapters.egress.resolver import CACHE_S, Resolution, ThreadedResolver
from tests.egress.receiver import OK, Receiver, answering
from tests.egress.sending import AMPLE_S, WallClock, exchange, exchange_all, request_to

if TYPE_CHECKING:
    import trustme

    from tests.egress.receiver import Connection
    from tests.egress.sending import Senders

pytestmark = [pytest.mark.hostile, pytest.mark.enable_socket]


class FrozenClock(WallClock):
    """Moves only by a freeze."""

    def __init__(self) -> None:
        self._now = datetime(2027, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    def freeze(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


def answering_once_and_then_silent(connection: Connection) -> None:
    connection.request()
    connection.send(OK)
    while connection.pause(1):
        pass


@pytest.mark.parametrize("has_tls", [False, True], ids=["http", "https"])
def test_a_request_after_a_freeze_does_not_wait_for_a_connection_that_is_dead(
    senders: Senders, authority: trustme.CA, *, has_tls: bool
) -> None:
    clock, tls = FrozenClock(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("receiver.test").configure_cert(tls)
    sender = senders.make(clock=clock)
    with Receiver(answering_once_and_then_silent, tls=tls if has_tls else None) as receiver:
        exchange(sender, receiver.url())
        clock.freeze(CONNECTION_IDLE_S + 10)
        ended = exchange(sender, receiver.url())
    assert (ended.judge()[0], receiver.connections) == (None, 2)
    assert ended.duration_ms < AMPLE_S * 1_000 / 2


def test_all_connections_that_were_kept_are_replaced(senders: Senders) -> None:
    clock, all_are_here = FrozenClock(), Barrier(5)
    sender = senders.make(clock=clock)

    def script(connection: Connection) -> None:
        connection.request()
        all_are_here.wait(AMPLE_S)  # so that no connection is free for another of these requests
        connection.send(OK)
        while connection.pause(1):
            pass

    with Receiver(script) as receiver:
        requests = [request_to(receiver.url()) for _ in range(5)]
        assert [each.judge()[0] for each in exchange_all(sender, *requests)] == [None] * 5
        clock.freeze(CONNECTION_IDLE_S + 10)
        ended = exchange_all(sender, *requests)
    assert [each.judge()[0] for each in ended] == [None] * 5
    assert receiver.connections == 10


@pytest.mark.parametrize(
    ("idle_s", "connections"), [(0, 1), (CONNECTION_IDLE_S, 1), (CONNECTION_IDLE_S + 1, 2), (-3_600, 2)]
)
def test_a_connection_is_used_again_while_it_is_young(senders: Senders, idle_s: float, connections: int) -> None:
    """A clock that was set back cannot say how long it was."""
    clock = FrozenClock()
    sender = senders.make(clock=clock)
    with Receiver(answering(OK)) as receiver:
        exchange(sender, receiver.url())
        clock.freeze(idle_s)
        exchange(sender, receiver.url())
    assert receiver.connections == connections


def test_an_address_from_before_a_freeze_is_looked_up_again() -> None:
    answers, now_s = iter([("8.8.8.8",), ("8.8.4.4",)]), [1_000.0]
    resolver = ThreadedResolver(lambda _: next(answers), now_s=lambda: now_s[0])
    resolver.resolve("name.test", 30)
    now_s[0] += CACHE_S
    assert resolver.resolve("name.test", 30) == Resolution(("8.8.4.4",))
