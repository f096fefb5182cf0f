"""Deliveries that wait in the table."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain import ids
from testbed import samples
from testbed.samples import AT

if TYPE_CHECKING:
    from chalicelib.domain.delivery.attempt import PendingAttempt
    from tests.contracts.engines import World

LATER = AT + timedelta(hours=1)


def attempts(count: int, webhook_id: str) -> list[PendingAttempt]:
    """The attempts of as many deliveries, the oldest first."""
    made = [
        samples.attempt(
            record_id=ids.RecordId(webhook_id, samples.part()),
            delivery_id=ids.DELIVERY + ids.derived(AT + timedelta(seconds=number), "delivery", str(number)),
        )
        for number in range(count)
    ]
    return [each.put_back(AT) for each in made]


def test_what_is_held_waits_oldest_delivery_first(world: World) -> None:
    webhook_id = samples.webhook_id()
    held = attempts(30, webhook_id)
    assert world.waiting.hold(list(reversed(held)), {webhook_id: LATER}, 10) == {webhook_id}
    assert world.waiting.oldest(webhook_id, 99) == held
    assert world.waiting.oldest(webhook_id, 3) == held[:3]
    assert world.waiting.oldest(samples.webhook_id(), 3) == []


def test_an_attempt_waits_as_it_is(world: World) -> None:
    webhook_id = samples.webhook_id()
    [held] = attempts(1, webhook_id)
    held = replace(held, body="\N{ROCKET} \x00 \ufffe \ud800", slot_at=AT, retry_of="rec_1", chosen=samples.CHOSEN)
    world.waiting.hold([held], {webhook_id: LATER}, 10)
    assert world.waiting.oldest(webhook_id, 9) == [held]


def test_an_attempt_of_the_longest_notification_fits(world: World) -> None:
    webhook_id = samples.webhook_id()
    [held] = attempts(1, webhook_id)
    held = replace(held, body="".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(100_000)))
    world.waiting.hold([held], {webhook_id: LATER}, 10)
    assert world.waiting.oldest(webhook_id, 9) == [held]


def test_holding_the_same_again_changes_nothing(world: World) -> None:
    webhook_id = samples.webhook_id()
    held = attempts(3, webhook_id)
    world.waiting.hold(held, {webhook_id: AT}, 10)
    assert world.waiting.hold([*held, *held], {webhook_id: LATER}, 20) == set()
    assert world.waiting.oldest(webhook_id, 9) == held
    found = world.waiting.list_of(webhook_id)
    assert found is not None
    assert (found.wake_at, found.window) == (AT, 10)


def test_what_was_held_again_stays_when_its_earlier_hold_is_removed(world: World) -> None:
    webhook_id = samples.webhook_id()
    [held] = attempts(1, webhook_id)
    again = held.put_back(LATER)
    world.waiting.hold([held], {webhook_id: AT}, 10)
    world.waiting.hold([again], {webhook_id: AT}, 10)
    world.waiting.remove([held])
    assert world.waiting.oldest(webhook_id, 9) == [again]


def test_two_attempts_of_one_delivery_both_wait(world: World) -> None:
    webhook_id = samples.webhook_id()
    [one] = attempts(1, webhook_id)
    other = replace(one, record_id=ids.RecordId(webhook_id, samples.part()))
    world.waiting.hold([one, other], {webhook_id: AT}, 10)
    assert len(world.waiting.oldest(webhook_id, 9)) == 2


def test_lists_are_due_at_their_time(world: World) -> None:
    names = [samples.webhook_id() for _ in range(6)]
    for number, webhook_id in enumerate(names):
        world.waiting.hold(attempts(1, webhook_id), {webhook_id: AT + timedelta(seconds=number)}, 10)
    assert world.waiting.due(AT + timedelta(seconds=2), 9) == names[:3]
    assert world.waiting.due(AT + timedelta(seconds=9), 2) == names[:2]


def test_a_list_is_not_among_the_records_that_are_due(world: World) -> None:
    webhook_id = samples.webhook_id()
    world.waiting.hold(attempts(1, webhook_id), {webhook_id: AT}, 10)
    assert world.history.due(LATER, 9) == []


def test_a_list_is_moved_by_the_first_who_asks(world: World) -> None:
    webhook_id = samples.webhook_id()
    world.waiting.hold(attempts(1, webhook_id), {webhook_id: AT}, 10)
    found = world.waiting.list_of(webhook_id)
    assert found is not None
    moved = world.waiting.move(found, LATER, 20)
    assert moved is not None
    assert world.waiting.list_of(webhook_id) == moved
    assert (moved.wake_at, moved.window) == (LATER, 20)
    assert world.waiting.move(found, AT, 30) is None
    assert world.waiting.due(AT, 9) == []


def test_a_list_to_which_something_was_added_can_be_moved_and_not_closed(world: World) -> None:
    webhook_id = samples.webhook_id()
    world.waiting.hold(attempts(1, webhook_id), {webhook_id: AT}, 10)
    found = world.waiting.list_of(webhook_id)
    assert found is not None
    world.waiting.hold(attempts(1, webhook_id), {webhook_id: AT}, 10)
    assert not world.waiting.close(found)
    assert world.waiting.move(found, LATER, 10) is not None


def test_a_list_that_was_closed_is_new_for_the_next_hold(world: World) -> None:
    webhook_id = samples.webhook_id()
    held = attempts(1, webhook_id)
    world.waiting.hold(held, {webhook_id: AT}, 10)
    world.waiting.remove(held)
    found = world.waiting.list_of(webhook_id)
    assert found is not None
    assert world.waiting.close(found)
    assert world.waiting.list_of(webhook_id) is None
    assert not world.waiting.close(found)
    assert world.waiting.move(found, AT, 10) is None
    assert world.waiting.hold(held, {webhook_id: LATER}, 10) == {webhook_id}


def test_waking_a_list_takes_it_from_who_has_it(world: World) -> None:
    webhook_id = samples.webhook_id()
    assert not world.waiting.wake(webhook_id, AT)
    world.waiting.hold(attempts(1, webhook_id), {webhook_id: LATER}, 10)
    found = world.waiting.list_of(webhook_id)
    assert found is not None
    assert world.waiting.wake(webhook_id, AT)
    assert world.waiting.due(AT, 9) == [webhook_id]
    assert world.waiting.move(found, LATER, 10) is None


def test_one_delivery_can_be_forgotten(world: World) -> None:
    webhook_id = samples.webhook_id()
    first, second = attempts(2, webhook_id)
    world.waiting.hold([first, second], {webhook_id: AT}, 10)
    world.waiting.forget(webhook_id, first.delivery_id)
    assert world.waiting.oldest(webhook_id, 9) == [second]


def test_a_purge_goes_on_until_nothing_waits(world: World) -> None:
    webhook_id, other = samples.webhook_id(), samples.webhook_id()
    world.waiting.hold(attempts(5, webhook_id), {webhook_id: AT}, 10)
    world.waiting.hold(attempts(1, other), {other: AT}, 10)
    assert [world.waiting.purge(webhook_id, 3) for _ in range(3)] == [3, 2, 0]
    assert (world.waiting.oldest(webhook_id, 9), world.waiting.list_of(webhook_id)) == ([], None)
    assert len(world.waiting.oldest(other, 9)) == 1


def test_what_waits_is_no_part_of_the_history(world: World) -> None:
    webhook_id = samples.webhook_id()
    world.waiting.hold(attempts(2, webhook_id), {webhook_id: AT}, 10)
    assert world.history.purge(webhook_id, 9) == 0
    assert len(world.waiting.oldest(webhook_id, 9)) == 2
