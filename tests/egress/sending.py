"""A sender under test: with small limits, with names that resolve to the loopback interface, and without a cache."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import TYPE_CHECKING

from chalicelib.adapters.egress.curl_sender import CurlSender
from chalicelib.adapters.egress.resolver import ThreadedResolver
from chalicelib.domain.delivery.attempt import Exchange, OutboundRequest
from chalicelib.domain.webhooks.addresses import AddressPolicy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DEADLINE_S = 0.6
"""The deadline of requests that reach it."""
AMPLE_S = 15.0
"""The deadline of requests that must end before it."""
HEADERS = (("content-type", "application/json"), ("user-agent", "Posthorn/1"), ("webhook-id", "msg_1"))
LOOPBACK = AddressPolicy((ip_network("127.0.0.0/8"), ip_network("::1/128")), is_open_to_all=True)


@dataclass(frozen=True, slots=True)
class SmallLimits:
    """The limits of the settings' defaults."""

    response_bytes_max: int = 65_536
    response_headers_max: int = 100
    response_header_bytes_max: int = 32_768
    allow_http: bool = True


class WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        message = f"the sender does not sleep, {seconds} s or less"
        raise AssertionError(message)


class Requests:
    """A dispatch that supplies a list of requests and records the results in order."""

    def __init__(self, requests: Sequence[OutboundRequest]) -> None:
        self._waiting = deque(enumerate(requests))
        self.late_after_s = AMPLE_S
        self.ended: list[tuple[int, Exchange]] = []
        self.told: list[tuple[str, int]] = []

    def next(self) -> tuple[str, OutboundRequest] | None:
        if not self._waiting:
            return None
        number, request = self._waiting.popleft()
        return str(number), request

    def late(self, token: str) -> None:
        self.told.append(("late", int(token)))

    def done(self, token: str, exchange: Exchange) -> None:
        self.told.append(("done", int(token)))
        self.ended.append((int(token), exchange))

    def in_order(self) -> list[Exchange]:
        return [exchange for _, exchange in sorted(self.ended, key=lambda each: each[0])]


def request_to(url: str, *, deadline_s: float = AMPLE_S, body: bytes = b'{"a": 1}') -> OutboundRequest:
    return OutboundRequest(url, HEADERS, body, deadline_s, may_reach_private=True)


def to_loopback(_host: str) -> tuple[str, ...]:
    return ("127.0.0.1",)


class Senders:
    """Makes senders, and closes them when the test ends."""

    def __init__(self, ca_file: str) -> None:
        self._ca_file = ca_file
        self._made: list[CurlSender] = []

    def make(
        self,
        *,
        limits: SmallLimits | None = None,
        policy: AddressPolicy = LOOPBACK,
        lookup: Callable[[str], tuple[str, ...]] = to_loopback,
        ca_file: str | None = None,
        clock: WallClock | None = None,
    ) -> CurlSender:
        resolver = ThreadedResolver(lookup, cache_s=0)
        limits, clock = limits or SmallLimits(), clock or WallClock()
        sender = CurlSender(limits, policy, resolver, clock, ca_file=ca_file or self._ca_file)
        self._made.append(sender)
        return sender

    def forget(self, sender: CurlSender) -> None:
        """Do nothing: the test has closed it."""
        self._made.remove(sender)

    def close(self) -> None:
        for sender in self._made:
            sender.close()


def exchange_all(sender: CurlSender, *requests: OutboundRequest) -> list[Exchange]:
    dispatch = Requests(requests)
    sender.exchange_all(dispatch)
    return dispatch.in_order()


def exchange(sender: CurlSender, url: str, *, deadline_s: float = AMPLE_S) -> Exchange:
    return exchange_all(sender, request_to(url, deadline_s=deadline_s))[0]
