"""How often a message was put back."""

from __future__ import annotations

import pytest

from chalicelib.domain.delivery import hops
from chalicelib.domain.delivery.hops import Hops, Runaway
from tests.domain.samples import NOON, at


def test_hops_count_and_remember_when_they_began() -> None:
    assert hops.NONE.next(NOON).next(at(60)) == Hops(2, NOON)


def test_a_message_under_the_limit_is_no_runaway() -> None:
    Hops(15, NOON).check(16)
    hops.NONE.check(0)


def test_a_message_at_the_limit_is_a_runaway_and_says_since_when() -> None:
    with pytest.raises(Runaway, match="16 times since 2026-03-01 12:00:00 UTC") as raised:
        Hops(16, NOON).check(16)
    assert raised.value.message == str(raised.value)
