"""Waiting deliveries: held once, released when their webhook can take them, oldest first, and never lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.background.tasks import ReleaseDeliveries, Task
from chalicelib.delivery import release
from chalicelib.delivery.deliver import ReceivedAttempt
from chalicelib.delivery.waiting import Held
from chalicelib.domain.delivery.attempt import Trigger
from chalicelib.domain.webhooks.health import Health
from testbed.fakes.service import FakeAdapters, service_on
from tests.delivery.crashes import Interrupted
from tests.domain.samples import NOON, at, attempt_at, webhook

if TYPE_CHECKING:
    from chalicelib.domain.delivery.attempt import PendingAttempt
    from testbed.fakes.service import Service

MINE = webhook(1)
DOWN = Health(failures=5, failing_since=at(-60), opens=1, probe_at=at(30))


@pytest.fixture
def world() -> FakeAdapters:
    return FakeAdapters()


def _hold(world: FakeAdapters, count: int, first: int = 0, **changes: Any) -> list[PendingAttempt]:  # noqa: ANN401 - of the webhook
    """Deliveries that wait for a webhook, the oldest first."""
    world.webhooks.create(webhook(1, **changes))
    owed = [attempt_at(at(-number), salt=str(number)) for number in range(first + count - 1, first - 1, -1)]
    service_on(world).waiting.hold([Held(each, at(30)) for each in owed])
    return [each.put_back(NOON) for each in owed]


def _sent(world: FakeAdapters) -> list[PendingAttempt]:
    return [each.attempt for each in world.deliveries.sent]


def _closed(world: FakeAdapters) -> None:
    """The circuit closes, as the health keeper does it."""
    kept = world.webhooks.get(MINE.id)
    assert kept is not None
    world.webhooks.update_health(kept, Health())
    service_on(world).waiting.wake(MINE.id)


def _work_off(world: FakeAdapters, rooms: Service) -> int:
    """Do the steps as their messages become visible, and return how many they were; the clock goes on with them."""
    steps = 0
    while world.background.sent:
        task = world.background.sent.pop(0)
        world.clock.advance(task.delay_s)
        rooms.release.step(MINE.id, task.hops)
        steps += 1
    return steps


def test_the_first_hold_sends_one_message_for_when_the_circuit_may_be_probed(world: FakeAdapters) -> None:
    _hold(world, 3, health=DOWN)
    _hold(world, 3, first=10)
    assert world.background.sent == [Task(ReleaseDeliveries(MINE.id), delay_s=30)]


def test_a_list_whose_time_is_too_far_off_for_a_message_is_found_by_the_sweep(world: FakeAdapters) -> None:
    world.webhooks.create(MINE)
    service_on(world).waiting.hold([Held(attempt_at(NOON), at(3_600))])
    assert world.background.sent == []
    world.clock.advance(3_600 + 59)
    assert service_on(world).waiting.sweep() == 0
    world.clock.advance(1)
    assert service_on(world).waiting.sweep() == 1
    assert world.background.sent == [Task(ReleaseDeliveries(MINE.id))]


def test_a_list_whose_message_is_on_its_way_is_left_to_it(world: FakeAdapters) -> None:
    _hold(world, 3, health=DOWN)
    for _ in range(9):
        world.clock.advance(10)
        assert service_on(world).waiting.sweep() == (1 if world.clock.now() >= at(90) else 0)


def test_while_the_circuit_is_open_nothing_is_released_and_the_list_is_looked_at_later(world: FakeAdapters) -> None:
    _hold(world, 2, health=Health(failures=5, failing_since=at(-60), opens=9, probe_at=at(900)))
    world.clock.advance(30)
    service_on(world).release.step(MINE.id)
    found = world.waiting.list_of(MINE.id)
    assert found is not None
    assert (_sent(world), found.wake_at) == ([], at(900))


def test_half_open_the_oldest_is_released_to_be_the_probe(world: FakeAdapters) -> None:
    owed = _hold(world, 5, health=DOWN)
    world.clock.advance(30)
    service_on(world).release.step(MINE.id)
    assert _sent(world) == owed[:1]
    assert world.waiting.oldest(MINE.id, 9) == owed[1:]


def test_a_released_probe_is_held_back_until_every_clock_agrees_that_it_may_be_made(world: FakeAdapters) -> None:
    _hold(world, 2, health=DOWN)
    world.clock.advance(30)
    service_on(world).release.step(MINE.id)
    assert [each.delay_s for each in world.deliveries.sent] == [release.PROBE_DELAY_S]


def test_what_waits_behind_a_closed_circuit_is_released_without_delay(world: FakeAdapters) -> None:
    _hold(world, 2, health=DOWN)
    _closed(world)
    service_on(world).release.step(MINE.id)
    assert [each.delay_s for each in world.deliveries.sent] == [0, 0]


def test_what_is_released_half_open_probes_and_closes_the_circuit_and_the_rest_follows(world: FakeAdapters) -> None:
    owed = _hold(world, 25, health=DOWN)
    world.background.sent.clear()
    world.clock.advance(30)
    rooms = service_on(world)
    rooms.release.step(MINE.id)
    assert rooms.deliver.batch([ReceivedAttempt("m", _sent(world)[0], 1)]) == []
    assert len(world.sender.sent) == 1
    _work_off(world, rooms)
    assert _sent(world) == owed
    assert (world.waiting.oldest(MINE.id, 1), world.waiting.list_of(MINE.id)) == ([], None)


def test_a_closed_circuit_releases_more_each_time_the_oldest_first(world: FakeAdapters) -> None:
    owed = _hold(world, 75, health=DOWN)
    world.background.sent.clear()
    _closed(world)
    rooms, sizes = service_on(world), []
    while world.background.sent:
        task = world.background.sent.pop(0)
        world.clock.advance(task.delay_s)
        before = len(_sent(world))
        rooms.release.step(MINE.id, task.hops)
        sizes.append(len(_sent(world)) - before)
    assert sizes == [10, 20, 40, 5]
    assert _sent(world) == owed


def test_a_webhook_that_answers_slowly_gets_smaller_windows(world: FakeAdapters) -> None:
    _hold(world, 1_200, health=DOWN)
    _closed(world)
    world.webhooks.update_health(replace(MINE, health=Health()), Health(slow_until=at(9_999)))
    found = world.waiting.list_of(MINE.id)
    assert found is not None
    world.waiting.move(found, NOON, 1_000)
    service_on(world).release.step(MINE.id)
    found = world.waiting.list_of(MINE.id)
    assert found is not None
    assert (len(_sent(world)), found.window) == (1_000, release.SLOW_WINDOW_MAX)


def test_a_rate_limit_sets_the_pace(world: FakeAdapters) -> None:
    owed = _hold(world, 2_000, rate_limit_per_s=1.0)
    world.clock.advance(30)
    service_on(world).release.step(MINE.id)
    slots = [each.attempt.slot_at for each in world.deliveries.sent]
    assert slots == [at(30 + number) for number in range(len(slots))]
    assert 870 <= len(slots) <= 900
    assert max(each.delay_s for each in world.deliveries.sent) <= 900
    assert _sent(world)[0].delivery_id == owed[0].delivery_id


def test_with_a_rate_limit_all_are_released_and_none_ahead_of_its_time(world: FakeAdapters) -> None:
    _hold(world, 3_000, rate_limit_per_s=2.0)
    rooms = service_on(world)
    for _ in range(40):
        world.clock.advance(60)
        rooms.waiting.sweep()
        while world.background.sent:
            rooms.release.step(MINE.id, world.background.sent.pop(0).hops)
    assert len({each.record_id for each in _sent(world)}) == len(_sent(world)) == 3_000
    slots = [each.slot_at for each in _sent(world) if each.slot_at is not None]
    assert len(set(slots)) == 3_000
    assert min(later - earlier for earlier, later in pairwise(slots)) >= timedelta(seconds=0.5)


def test_of_two_messages_for_one_list_one_releases(world: FakeAdapters) -> None:
    _hold(world, 30, health=DOWN)
    _closed(world)
    rooms = service_on(world)
    rooms.release.step(MINE.id)
    rooms.release.step(MINE.id)
    assert len(_sent(world)) == 10


def test_what_is_added_while_the_last_is_released_is_not_left_alone(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    _hold(world, 3)
    world.clock.advance(30)
    close = world.waiting.close

    def hold_before(old: Any) -> bool:  # noqa: ANN401 - a list
        _hold(world, 1, first=50)
        return close(old)

    monkeypatch.setattr(world.waiting, "close", hold_before)
    rooms = service_on(world)
    rooms.release.step(MINE.id)
    monkeypatch.undo()
    assert world.waiting.list_of(MINE.id) is not None
    _work_off(world, rooms)
    assert len(_sent(world)) == 4


def test_what_waits_for_a_webhook_that_is_paused_or_gone_ends_quietly(world: FakeAdapters) -> None:
    _hold(world, 250, is_enabled=False)
    world.clock.advance(30)
    service_on(world).release.step(MINE.id)
    assert (_sent(world), world.waiting.oldest(MINE.id, 1), world.waiting.list_of(MINE.id)) == ([], [], None)


@pytest.mark.parametrize("calls_before", range(12))
def test_a_release_that_dies_anywhere_loses_nothing_and_what_it_repeats_is_recognised(
    world: FakeAdapters, calls_before: int
) -> None:
    owed = _hold(world, 5, health=DOWN)
    _closed(world)
    with Interrupted(world, calls_before):
        service_on(world).release.step(MINE.id)
    rooms = service_on(world)
    for _ in range(4):
        world.clock.advance(60)
        rooms.waiting.sweep()
        _work_off(world, rooms)
    assert {each.record_id for each in _sent(world)} == {each.record_id for each in owed}
    for number, each in enumerate(_sent(world)):
        rooms.deliver.batch([ReceivedAttempt(f"m-{number}", each, 1)])
    assert len(world.sender.sent) == 5


def _pass_time(world: FakeAdapters, rooms: Service, seconds: int) -> int:
    """What the clock and the queues do in that time, ten seconds at a time; return how many messages were sent for it."""
    messages, until = 0, world.clock.now() + timedelta(seconds=seconds)
    while world.clock.now() < until:
        world.clock.advance(10)
        if world.clock.now().second < 10:
            rooms.waiting.sweep()
            rooms.due_sweep.sweep()
        waited = [replace(each, delay_s=each.delay_s - 10) for each in world.background.sent]
        visible = [each for each in waited if each.delay_s <= 0]
        world.background.sent = [each for each in waited if each.delay_s > 0]
        messages += len(visible)
        for task in visible:
            if isinstance(task.work, ReleaseDeliveries):
                rooms.release.step(task.work.webhook_id, task.hops)
        attempts, world.deliveries.sent = world.deliveries.sent, []
        messages += len(attempts)
        for number, each in enumerate(attempts):
            rooms.deliver.batch([ReceivedAttempt(str(number), each.attempt, 1)])
    return messages


@pytest.mark.parametrize("count", [100, 400])
def test_the_cost_of_an_outage_does_not_grow_with_what_waits(world: FakeAdapters, count: int) -> None:
    """A day: one probe in 15 minutes, and the attempts that probe; what waits is written once and read once."""
    _hold(world, count, health=DOWN)
    rooms = service_on(world)
    world.sender.answers = {MINE.url: 500}
    assert _pass_time(world, rooms, 86_400) < 600
    left = len(world.waiting.oldest(MINE.id, 999))
    assert left > count - 100
    world.sender.answers = {}
    world.sender.sent.clear()
    assert _pass_time(world, rooms, 86_400) < 4 * left + 600
    assert (world.waiting.oldest(MINE.id, 1), world.waiting.list_of(MINE.id)) == ([], None)
    assert len(world.sender.sent) >= left


def test_a_retry_of_a_person_does_not_wait(world: FakeAdapters) -> None:
    world.webhooks.create(webhook(1, health=DOWN))
    asked = replace(attempt_at(NOON), trigger=Trigger.RETRY)
    assert service_on(world).deliver.batch([ReceivedAttempt("m", asked, 1)]) == []
    assert (len(world.sender.sent), world.waiting.oldest(MINE.id, 1)) == (1, [])


def test_of_two_messages_for_one_list_the_second_releases_nothing(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    _hold(world, 3)
    world.background.sent.clear()
    world.clock.advance(30)
    monkeypatch.setattr(world.waiting, "move", lambda *_: None)
    service_on(world).release.step(MINE.id)
    assert (_sent(world), world.background.sent) == ([], [])


def test_half_open_a_list_on_which_nothing_waits_is_closed(world: FakeAdapters) -> None:
    owed = _hold(world, 1, health=DOWN)
    world.background.sent.clear()
    world.waiting.remove(owed)
    world.clock.advance(30)
    service_on(world).release.step(MINE.id)
    assert (world.waiting.list_of(MINE.id), world.background.sent) == (None, [])
