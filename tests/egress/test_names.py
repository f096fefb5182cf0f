"""Names that do not resolve, or not in time: a DNS cause, within the deadline, and nobody else waits."""

from __future__ import annotations

import os
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from chalicelib.adapters.egress.resolver import Resolution, ThreadedResolver
from chalicelib.domain.delivery.attempt import FailureCause
from tests.egress.receiver import OK, Receiver, answering
from tests.egress.sending import AMPLE_S, DEADLINE_S, Requests, exchange, request_to

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.egress.sending import Senders

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def over() -> Iterator[threading.Event]:
    """Set when the test is over, so that no look-up outlives it."""
    event = threading.Event()
    yield event
    event.set()


FAULTS = {
    "NXDOMAIN": socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
    "SERVFAIL": socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"),
    "no address": socket.gaierror(socket.EAI_NODATA, "No address associated with hostname"),
    "a system error": socket.gaierror(socket.EAI_SYSTEM, "System error"),
    "a broken resolver": OSError(5, "Input/output error"),
    "a name that cannot be encoded": UnicodeError("label too long"),
}


@pytest.mark.hostile
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_name_that_does_not_resolve_fails_with_a_dns_cause(senders: Senders, fault: Exception) -> None:
    def missing(_host: str) -> tuple[str, ...]:
        raise fault

    ended = exchange(senders.make(lookup=missing), "http://name.test/secret")
    assert (ended.failure, ended.response) == (FailureCause.DNS, None)
    assert "name.test" in ended.detail
    assert "secret" not in ended.detail


@pytest.mark.hostile
def test_a_name_without_addresses_fails_with_a_dns_cause(senders: Senders) -> None:
    assert exchange(senders.make(lookup=lambda _: ()), "http://name.test/").failure is FailureCause.DNS


@pytest.mark.hostile
def test_a_dns_server_that_never_answers_ends_at_the_deadline(senders: Senders, over: threading.Event) -> None:
    def stalled(_host: str) -> tuple[str, ...]:
        over.wait(30)
        return ()

    ended = exchange(senders.make(lookup=stalled), "http://name.test/", deadline_s=DEADLINE_S)
    assert ended.failure is FailureCause.DNS
    assert DEADLINE_S * 900 <= ended.duration_ms < AMPLE_S * 1000


@pytest.mark.hostile
def test_an_answer_that_comes_after_the_deadline_is_dropped(senders: Senders) -> None:
    slow, is_late = threading.Event(), threading.Event()

    def lookup(host: str) -> tuple[str, ...]:
        if host == "slow.test":
            slow.wait(30)
            is_late.set()
        return ("127.0.0.1",)

    sender = senders.make(lookup=lookup)
    with Receiver(answering(OK)) as receiver:
        exchange(sender, receiver.url(host="slow.test"), deadline_s=0.1)
        slow.set()
        is_late.wait(30)
        ended = exchange(sender, receiver.url(host="quick.test"))
    assert (ended.failure, len(receiver.requests)) == (None, 1)


@pytest.mark.hostile
def test_a_hundred_stalled_names_delay_nobody(senders: Senders, over: threading.Event) -> None:
    def lookup(host: str) -> tuple[str, ...]:
        if host.startswith("stalled"):
            over.wait(30)
        return ("127.0.0.1",)

    with Receiver(answering(OK)) as receiver:
        stalled = [request_to(receiver.url(host=f"stalled{n}.test"), deadline_s=2) for n in range(100)]
        quick = [request_to(receiver.url(host=f"quick{n}.test")) for n in range(20)]
        dispatch = Requests(stalled + quick)
        senders.make(lookup=lookup).exchange_all(dispatch)
    first = {number for number, _ in dispatch.ended[:20]}
    assert first == set(range(100, 120))
    assert {exchange.failure for exchange in dispatch.in_order()[:100]} == {FailureCause.DNS}


def test_those_who_ask_for_one_name_at_once_share_a_lookup(over: threading.Event) -> None:
    asked: list[str] = []

    def lookup(host: str) -> tuple[str, ...]:
        asked.append(host)
        over.wait(30)
        return ("8.8.8.8",)

    resolver = ThreadedResolver(lookup)
    told: list[Resolution] = []
    all_told = threading.Semaphore(0)

    def tell(resolution: Resolution) -> None:
        told.append(resolution)
        all_told.release()

    for _ in range(5):
        resolver.submit("name.test", tell)
    over.set()
    assert all(all_told.acquire(timeout=30) for _ in range(5))
    assert (asked, told) == (["name.test"], [Resolution(("8.8.8.8",))] * 5)


def test_an_answer_is_kept_for_a_moment() -> None:
    asked: list[str] = []

    def lookup(host: str) -> tuple[str, ...]:
        asked.append(host)
        return ("8.8.8.8",)

    resolver = ThreadedResolver(lookup)
    assert [resolver.resolve("name.test", 30) for _ in range(3)] == [Resolution(("8.8.8.8",))] * 3
    assert asked == ["name.test"]


def test_a_failure_is_not_kept() -> None:
    answers = iter([(), ("8.8.8.8",)])
    resolver = ThreadedResolver(lambda _: next(answers))
    problems = [
        resolution and resolution.problem for resolution in (resolver.resolve("a.test", 30), resolver.resolve("a.test", 30))
    ]
    assert problems == ["the name has no address", None]


def test_more_names_than_threads_are_all_looked_up() -> None:
    resolver = ThreadedResolver(lambda host: (host,), threads_max=2)
    told = threading.Semaphore(0)
    for number in range(50):
        resolver.submit(f"name{number}", lambda _: told.release())
    assert all(told.acquire(timeout=30) for _ in range(50))


def test_a_lookup_that_takes_too_long_is_no_answer(over: threading.Event) -> None:
    resolver = ThreadedResolver(lambda _: (over.wait(30) and ()) or ())
    assert resolver.resolve("name.test", 0.05) is None


def test_the_systems_resolver_is_held_to_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RES_OPTIONS", raising=False)
    ThreadedResolver()
    assert os.environ["RES_OPTIONS"] == "timeout:1 attempts:3"
