"""Requests are counted by key and by user, minute by minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.directory.users import Caller, Role
from testbed.fakes.service import FakeAdapters, service_on

if TYPE_CHECKING:
    import pytest

    from chalicelib.access.rate_limits import RateLimiter


def limiter(world: FakeAdapters, per_key: int = 10, per_user: int = 15) -> RateLimiter:
    return service_on(
        world, requests_per_key_per_minute_max=per_key, requests_per_user_per_minute_max=per_user
    ).api.rate_limiter


def caller(key: str = "key_1", user: str = "1") -> Caller:
    return Caller(user, Role.USER, key_id=key)


def granted(limits: RateLimiter, who: Caller, asked: int = 100, cost: int = 1) -> int:
    standings = [limits.spend(who, cost) for _ in range(asked)]
    return sum(each is None or not each.is_exceeded for each in standings)


def test_a_key_may_make_so_many_requests_a_minute() -> None:
    assert granted(limiter(FakeAdapters()), caller()) == 10


def test_all_keys_of_a_user_may_make_so_many_together() -> None:
    limits = limiter(FakeAdapters())
    assert [granted(limits, caller(key)) for key in ("key_1", "key_2", "key_3")] == [10, 5, 0]


def test_users_do_not_touch_each_other() -> None:
    limits = limiter(FakeAdapters())
    granted(limits, caller())
    assert granted(limits, caller("key_2", "2")) == 10


def test_the_next_minute_begins_anew() -> None:
    world = FakeAdapters()
    limits = limiter(world)
    granted(limits, caller())
    world.clock.advance(59)
    assert granted(limits, caller()) == 0
    world.clock.advance(1)
    assert granted(limits, caller()) == 10


def test_processes_count_together() -> None:
    """Each of them grants what is its own before it asks: here, one request."""
    world = FakeAdapters()
    assert [granted(limiter(world), caller()) for _ in range(3)] == [10, 1, 1]


def test_where_a_caller_stands_is_told_by_the_limit_that_is_nearer() -> None:
    world = FakeAdapters()
    world.clock.advance(18.5)
    limits = limiter(world, per_key=10, per_user=12)
    first = limits.spend(caller(), 1)
    granted(limits, caller(), 8)
    other = limits.spend(caller("key_2"), 1)
    assert first is not None
    assert other is not None
    assert (first.limit, first.remaining, first.reset_s) == (10, 9, 42)
    assert (other.limit, other.remaining) == (12, 2)


def test_a_limit_of_0_is_none() -> None:
    world = FakeAdapters()
    limits = limiter(world, 0, 0)
    assert limits.spend(caller(), 1) is None
    assert granted(limiter(world, 0, 7), caller()) == 7


def test_a_quiet_caller_costs_no_write() -> None:
    world = FakeAdapters()
    assert granted(limiter(world, 6_000, 12_000), caller(), asked=60) == 60
    assert world.counters.writes == 0


def test_a_loud_caller_costs_a_write_for_each_hundredth_of_the_limit() -> None:
    world = FakeAdapters()
    assert granted(limiter(world, 6_000, 0), caller(), asked=7_000) == 6_000
    assert world.counters.writes <= 101


def test_a_store_that_is_down_is_no_outage(caplog: pytest.LogCaptureFixture) -> None:
    world = FakeAdapters()
    world.counters.is_down = True
    assert granted(limiter(world), caller(), asked=50) == 50
    assert "rate_limit.not_counted" in caplog.text


def test_requests_at_once_in_one_process_are_all_counted() -> None:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - here alone

    limits = limiter(FakeAdapters(), 500, 0)
    with ThreadPoolExecutor(8) as pool:
        standings = list(pool.map(lambda _: limits.spend(caller(), 1), range(900)))
    assert sum(each is not None and not each.is_exceeded for each in standings) == 500
