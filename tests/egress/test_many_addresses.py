"""Names with many addresses: all are vetted, and as many are tried as have room in an attempt."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.egress.handle import ADDRESSES_TRIED_MAX, tried
from chalicelib.domain.delivery.attempt import FailureCause
from tests.egress.receiver import OK, Receiver, answering
from tests.egress.sending import exchange

if TYPE_CHECKING:
    from tests.egress.sending import Senders

SIX = tuple(f"2606:4700::{number:x}" for number in range(1, 13))
FOUR = tuple(f"8.8.8.{number}" for number in range(1, 13))
DEAD = tuple(f"127.0.1.{number}" for number in range(1, 13))
"""Addresses of this host at which nobody listens."""


@pytest.mark.enable_socket
@pytest.mark.timeout(60)
@pytest.mark.parametrize("before", [0, 1, ADDRESSES_TRIED_MAX - 1])
def test_the_last_of_eight_addresses_is_tried(senders: Senders, before: int) -> None:
    with Receiver(answering(OK)) as receiver:
        ended = exchange(senders.make(lookup=lambda _: (*DEAD[:before], "127.0.0.1")), receiver.url())
    assert ended.judge()[0] is None


@pytest.mark.enable_socket
@pytest.mark.timeout(60)
def test_the_ninth_address_of_a_family_is_not_tried(senders: Senders) -> None:
    with Receiver(answering(OK)) as receiver:
        ended = exchange(senders.make(lookup=lambda _: (*DEAD[:ADDRESSES_TRIED_MAX], "127.0.0.1")), receiver.url())
    assert (ended.failure, receiver.connections) == (FailureCause.CONNECT, 0)


@pytest.mark.enable_socket
@pytest.mark.timeout(60)
def test_an_address_that_is_not_tried_is_vetted_all_the_same(senders: Senders) -> None:
    found = ("127.0.0.1", *DEAD[:ADDRESSES_TRIED_MAX], "10.0.0.1")
    with Receiver(answering(OK)) as receiver:
        ended = exchange(senders.make(lookup=lambda _: found), receiver.url())
    assert (ended.failure, receiver.connections) == (FailureCause.BLOCKED_ADDRESS, 0)


@pytest.mark.enable_socket
@pytest.mark.timeout(60)
def test_a_family_that_leads_nowhere_does_not_take_all_places(senders: Senders) -> None:
    """Addresses of IPv4 in the form of IPv6 are tried as IPv6."""
    found = (*(f"::ffff:{each}" for each in DEAD[:ADDRESSES_TRIED_MAX]), "127.0.0.1")
    with Receiver(answering(OK)) as receiver:
        ended = exchange(senders.make(lookup=lambda _: found), receiver.url())
    assert ended.judge()[0] is None


@pytest.mark.parametrize(
    ("found", "chosen"),
    [
        (FOUR, FOUR[:8]),
        (SIX, SIX[:8]),
        (SIX + FOUR, SIX[:4] + FOUR[:4]),
        (SIX + FOUR[:1], SIX[:7] + FOUR[:1]),
        (SIX[:2] + FOUR, SIX[:2] + FOUR[:6]),
        (SIX[:4] + FOUR[:4], SIX[:4] + FOUR[:4]),
        ((), ()),
    ],
)
def test_each_family_has_its_places(found: tuple[str, ...], chosen: tuple[str, ...]) -> None:
    assert tried(found) == chosen


@given(st.permutations(SIX + FOUR), st.integers(0, 24))
def test_as_many_are_tried_as_there_is_room_for_in_their_order(addresses: list[str], count: int) -> None:
    found = tuple(addresses[:count])
    chosen = tried(found)
    assert len(chosen) == min(len(found), ADDRESSES_TRIED_MAX)
    assert [each for each in found if each in chosen] == list(chosen)
    assert {ip_address(each).version for each in chosen} == {ip_address(each).version for each in found}
