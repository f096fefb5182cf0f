"""Everything that is open at once fits the 1,024 file descriptors of a function ("Lambda quotas")."""

from __future__ import annotations

import resource
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chalicelib.adapters.egress.curl_sender import CurlSender
from chalicelib.adapters.egress.descriptors import A_REQUEST, DESCRIPTORS_MAX, RESERVED, idle_connections_max
from chalicelib.adapters.egress.resolver import ThreadedResolver
from chalicelib.settings import IN_FLIGHT_BOUND
from tests.egress.receiver import OK, Receiver
from tests.egress.sending import LOOPBACK, Requests, SmallLimits, WallClock, request_to, to_loopback

if TYPE_CHECKING:
    from chalicelib.domain.delivery.attempt import OutboundRequest
    from tests.egress.receiver import Connection


@pytest.mark.parametrize("in_flight_max", [1, 128, IN_FLIGHT_BOUND])
def test_idle_connections_leave_room_for_all_that_may_be_in_flight(in_flight_max: int) -> None:
    idle = idle_connections_max(in_flight_max)
    assert idle > 0
    assert idle + A_REQUEST * in_flight_max + RESERVED <= DESCRIPTORS_MAX


def _open() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


class Counted(Requests):
    """Gives no more than `places` at once, and notes the most descriptors that were open."""

    def __init__(self, requests: list[OutboundRequest], places: int) -> None:
        super().__init__(requests)
        self.open_max = 0
        self._places = places
        self._out = 0

    def next(self) -> tuple[str, OutboundRequest] | None:
        self.open_max = max(self.open_max, _open())
        given = super().next() if self._out < self._places else None
        self._out += given is not None
        return given

    def done(self, token: str, exchange: object) -> None:
        super().done(token, exchange)  # type: ignore[arg-type]
        self._out -= 1


def _keeps_alive(connection: Connection) -> None:
    while connection.request():
        connection.send(OK)


@pytest.mark.enable_socket
def test_a_sender_that_meets_a_thousand_receivers_keeps_no_more_connections_than_it_may() -> None:
    """The receivers are names of one server, whose own descriptors count as well here: half of what is allowed is ours."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4_096, hard), hard))
    idle, places = 100, 20
    resolver = ThreadedResolver(to_loopback)
    sender = CurlSender(SmallLimits(), LOOPBACK, resolver, WallClock(), idle_max=idle)
    try:
        with Receiver(_keeps_alive) as receiver:
            port = receiver.url().split(":")[2].split("/")[0]
            before = _open()
            dispatch = Counted([request_to(f"http://r{each}.example:{port}/") for each in range(1_000)], places)
            sender.exchange_all(dispatch)
    finally:
        sender.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert {each.response.status for each in dispatch.in_order() if each.response is not None} == {200}
    assert (dispatch.open_max - before) // 2 <= idle + A_REQUEST * places
