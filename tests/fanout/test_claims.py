"""What may not happen twice: a notification's id, and each step but the first."""

from __future__ import annotations

import pytest

from chalicelib.domain.errors import Unavailable
from chalicelib.fanout.claims import StillClaimed
from testbed.fakes.service import FakeAdapters
from tests.delivery.crashes import Interrupted, refusal
from tests.fanout.fanning import (
    WANTING,
    deliveries_of,
    furnish,
    handed_out,
    once_each,
    process_in,
    received,
    record_ids,
    take_queued,
    work_off,
)

EXPECTED = once_each(WANTING)


@pytest.fixture
def world() -> FakeAdapters:
    return FakeAdapters()


def test_a_name_is_taken_once(world: FakeAdapters) -> None:
    rooms = furnish(world)
    for message_id in ("m-1", "m-2", "m-1"):
        rooms.fan_out.step(received(message_id, id="evt-1"))
        work_off(world, rooms)
    assert deliveries_of(world) == EXPECTED


def test_other_names_are_other_notifications(world: FakeAdapters) -> None:
    rooms = furnish(world)
    for name in ("evt-1", "evt-2"):
        rooms.fan_out.step(received(name, id=name))
        work_off(world, rooms)
    assert len(record_ids(world)) == 2 * len(WANTING)


def test_a_name_is_taken_again_when_it_is_forgotten(world: FakeAdapters) -> None:
    rooms = furnish(world)
    rooms.fan_out.step(received("m-1", id="evt-1"))
    work_off(world, rooms)
    world.clock.advance(24 * 3600)
    rooms.fan_out.step(received("m-2", id="evt-1"))
    work_off(world, rooms)
    assert sum(deliveries_of(world).values()) == 2 * len(WANTING)


def test_a_name_that_is_worked_on_has_to_wait(world: FakeAdapters) -> None:
    rooms = furnish(world)
    rooms.fan_out.step(received("m-1", id="evt-1"))
    with pytest.raises(StillClaimed):
        rooms.fan_out.step(received("m-2", id="evt-1"))
    assert len(take_queued(world)) == 1


def test_who_takes_over_after_the_lease_repeats_the_same_ids(world: FakeAdapters) -> None:
    rooms = furnish(world)
    rooms.fan_out.step(received("m-1", id="evt-1"))
    first = record_ids(world)
    world.clock.advance(180)
    take_queued(world)
    rooms.fan_out.step(received("m-2", id="evt-1"))
    assert record_ids(world) == first
    work_off(world, rooms)
    assert set(deliveries_of(world)) == set(EXPECTED)
    assert len(record_ids(world)) == len(WANTING)


def test_the_same_message_may_go_on_within_its_own_lease(world: FakeAdapters) -> None:
    rooms = furnish(world)
    rooms.fan_out.step(received("m-1", id="evt-1"))
    rooms.fan_out.step(received("m-1", id="evt-1"))
    assert len(record_ids(world)) == 2


@pytest.mark.parametrize("members", [{}, {"id": "evt-1"}])
def test_a_continuation_that_comes_twice_is_done_once(world: FakeAdapters, members: dict[str, str]) -> None:
    rooms = furnish(world)
    rooms.fan_out.step(received(**members))
    while queued := take_queued(world):
        for _ in range(2):
            rooms.fan_out.step(handed_out(queued[0], "c"))
        assert len(world.accepted.sent) <= 1
    assert deliveries_of(world) == EXPECTED


@pytest.mark.parametrize("members", [{}, {"id": "evt-1"}])
def test_of_two_continuations_of_a_repeated_step_one_is_dropped(world: FakeAdapters, members: dict[str, str]) -> None:
    rooms = furnish(world)
    rooms.fan_out.step(received(**members))
    rooms.fan_out.step(received(**members))
    one, other = take_queued(world)
    rooms.fan_out.step(handed_out(one, "c-1"))
    rooms.fan_out.step(handed_out(other, "c-2"))
    assert len(world.accepted.sent) == 1
    work_off(world, rooms)
    assert set(deliveries_of(world)) == set(EXPECTED)
    assert len(record_ids(world)) == len(WANTING)


def test_a_continuation_in_work_keeps_its_double_off(world: FakeAdapters) -> None:
    rooms = furnish(world)
    rooms.fan_out.step(received())
    rooms.fan_out.step(received())
    one, other = take_queued(world)
    with Interrupted(world, calls_before=2):
        process_in(world).fan_out.step(handed_out(one, "c-1"))
    with pytest.raises(StillClaimed):
        rooms.fan_out.step(handed_out(other, "c-2"))
    world.clock.advance(180)
    rooms.fan_out.step(handed_out(other, "c-2"))
    work_off(world, rooms)
    assert set(deliveries_of(world)) == set(EXPECTED)


@pytest.mark.parametrize("members", [{}, {"id": "evt-1"}])
@pytest.mark.parametrize("calls_before", range(40))
def test_a_crash_between_any_two_calls_loses_nothing(
    world: FakeAdapters, calls_before: int, members: dict[str, str]
) -> None:
    furnish(world)
    pending = [received("m-1", **members)]
    with Interrupted(world, calls_before) as interrupted:
        dying = process_in(world)
        while pending:
            dying.fan_out.step(pending[0])
            pending = [handed_out(each, f"c-{number}") for number, each in enumerate(take_queued(world))]
    assert interrupted.is_reached == bool(pending)
    pending += [handed_out(each, "left") for each in take_queued(world)]
    rooms = process_in(world)
    for each in pending:
        rooms.fan_out.step(each)
    work_off(world, rooms)
    assert set(deliveries_of(world)) == set(EXPECTED)
    assert len(record_ids(world)) == len(WANTING)
    assert max(deliveries_of(world).values()) <= 2


@pytest.mark.parametrize("calls_before", range(8))
def test_a_port_that_refuses_is_told_and_the_step_can_be_repeated(world: FakeAdapters, calls_before: int) -> None:
    furnish(world)
    with Interrupted(world, calls_before, refusal), pytest.raises(Unavailable):
        process_in(world).fan_out.step(received(id="evt-1"))
    rooms = process_in(world)
    rooms.fan_out.step(received(id="evt-1"))
    work_off(world, rooms)
    assert set(deliveries_of(world)) == set(EXPECTED)
    assert len(record_ids(world)) == len(WANTING)
