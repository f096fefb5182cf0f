from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.intake.ports import Claim, ClaimState
from testbed import samples

if TYPE_CHECKING:
    from tests.contracts.engines import World

FIRST = samples.AT
KEEP_S = 3600


def take(world: World, holder: str, after_s: float = 0, accepted_at: datetime = FIRST) -> Claim:
    request = samples.claim_request(holder, "evt-1", keep_s=KEEP_S, accepted_at=accepted_at, content="as it was")
    return world.claims.take(request, FIRST + timedelta(seconds=after_s))


def test_the_first_to_claim_may_go_on(world: World) -> None:
    assert take(world, "a") == Claim(ClaimState.MINE, FIRST)


def test_the_second_waits_and_learns_when_the_first_accepted(world: World) -> None:
    take(world, "a")
    assert take(world, "b", 59, FIRST + timedelta(seconds=59)) == Claim(ClaimState.BUSY, FIRST)


def test_the_same_holder_may_claim_again_and_renews_the_lease(world: World) -> None:
    take(world, "a")
    assert take(world, "a", 50, FIRST + timedelta(seconds=50)) == Claim(ClaimState.MINE, FIRST)
    assert take(world, "b", 100).state is ClaimState.BUSY


def test_a_lease_that_ran_out_is_taken_over_with_the_first_time(world: World) -> None:
    take(world, "a")
    assert take(world, "b", 60, FIRST + timedelta(seconds=60)) == Claim(ClaimState.MINE, FIRST)
    assert take(world, "c", 61).state is ClaimState.BUSY


def test_what_is_finished_stays_finished_for_everybody(world: World) -> None:
    take(world, "a")
    world.claims.finish("evt-1")
    assert take(world, "a", 1) == Claim(ClaimState.FINISHED, FIRST)
    assert take(world, "b", KEEP_S - 1) == Claim(ClaimState.FINISHED, FIRST)


@pytest.mark.parametrize("is_finished", [True, False])
def test_what_is_older_than_it_is_kept_counts_as_absent(world: World, *, is_finished: bool) -> None:
    take(world, "a")
    if is_finished:
        world.claims.finish("evt-1")
    later = FIRST + timedelta(seconds=KEEP_S)
    assert take(world, "b", KEEP_S, later) == Claim(ClaimState.MINE, later)


def test_taking_over_does_not_prolong_how_long_it_is_kept(world: World) -> None:
    take(world, "a")
    take(world, "b", 3000)
    world.claims.finish("evt-1")
    assert take(world, "c", KEEP_S).state is ClaimState.MINE


def test_names_do_not_touch_each_other(world: World) -> None:
    take(world, "a")
    assert world.claims.take(samples.claim_request("b", "evt-2"), FIRST).state is ClaimState.MINE


def test_finishing_what_was_never_claimed_claims_nothing(world: World) -> None:
    world.claims.finish("evt-1")
    assert take(world, "a").state is ClaimState.MINE


@pytest.mark.parametrize("is_finished", [True, False])
def test_a_name_that_stands_for_something_else_is_neither_busy_nor_done(world: World, *, is_finished: bool) -> None:
    take(world, "a")
    if is_finished:
        world.claims.finish("evt-1")
    other = samples.claim_request("a", "evt-1", content="otherwise")
    assert world.claims.take(other, FIRST + timedelta(seconds=120)).state is ClaimState.OTHER
    assert world.claims.reserve([other], FIRST)[0].state is ClaimState.OTHER


def test_what_is_free_can_be_reserved_several_at_a_time(world: World) -> None:
    take(world, "a")
    requests = [samples.claim_request("b", f"evt-{number}", content="as it was") for number in range(20)]
    states = [each.state for each in world.claims.reserve(requests, FIRST)]
    assert states == [ClaimState.MINE, ClaimState.BUSY, *[ClaimState.MINE] * 18]


def test_what_was_reserved_is_its_holders_until_the_lease_is_over(world: World) -> None:
    world.claims.reserve([samples.claim_request("h", "evt-1", content="as it was")], FIRST)
    assert take(world, "a", 59).state is ClaimState.BUSY
    assert take(world, "h", 59).state is ClaimState.MINE


def test_reserving_takes_nobody_elses_over_though_the_lease_is_over(world: World) -> None:
    take(world, "a")
    later = FIRST + timedelta(seconds=120)
    request = samples.claim_request("b", "evt-1", content="as it was")
    assert world.claims.reserve([request], later) == [Claim(ClaimState.BUSY, FIRST)]
    world.claims.finish("evt-1")
    assert world.claims.reserve([request], later) == [Claim(ClaimState.FINISHED, FIRST)]
