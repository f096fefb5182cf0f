"""Which attempts of a batch may be sent now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.delivery.gate import SLOTS_AHEAD_S, Admission, Gate, Passed, Postponed
from chalicelib.delivery.ports import Lane
from chalicelib.delivery.waiting import Held
from chalicelib.domain.delivery.attempt import PendingAttempt, Trigger
from chalicelib.domain.webhooks.health import Circuit, Health
from testbed.fakes.service import FakeAdapters
from tests.domain.samples import NOON, at, attempt_at, webhook

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.webhooks.webhook import Webhook

LEASE_S = 45
OPEN = Health(failures=5, failing_since=at(-60), opens=1, probe_at=at(30))
HALF_OPEN = replace(OPEN, probe_at=at(0))


@pytest.fixture
def world() -> FakeAdapters:
    return FakeAdapters()


def _owed(count: int, number: int = 1, **changes: Any) -> list[PendingAttempt]:  # noqa: ANN401 - any member of it
    return [replace(attempt_at(NOON, number, salt=str(each)), **changes) for each in range(count)]


def _open(world: FakeAdapters, attempts: list[PendingAttempt], *webhooks: Webhook, lane: Lane = Lane.SLOW) -> Admission:
    for each in webhooks:
        world.webhooks.create(each)
    gate = Gate(store=world.webhooks, clock=world.clock, probe_lease_s=LEASE_S)
    return gate.open(attempts, world.webhooks.get_many({each.webhook_id for each in attempts}), lane)


def _sent(given: Admission) -> list[PendingAttempt]:
    return [each.attempt for each in given.passed]


def _held(given: Admission) -> list[PendingAttempt]:
    return [each.attempt for each in given.held]


def test_all_pass_while_all_is_well(world: FakeAdapters) -> None:
    owed = _owed(3, 1) + _owed(2, 2)
    given = _open(world, owed, webhook(1), webhook(2))
    assert _sent(given) == owed
    assert (any(each.is_probe for each in given.passed), given.postponed, given.held) == (False, [], [])


@pytest.mark.parametrize("health", [Health(slow_until=at(1)), Health(failures=1, failing_since=NOON)])
def test_what_was_put_on_the_fast_lane_before_its_webhook_was_known_to_be_slow_leaves_it(
    world: FakeAdapters, health: Health
) -> None:
    slow, well = _owed(2, 1), _owed(1, 2)
    given = _open(world, slow + well, webhook(1, health=health), webhook(2), lane=Lane.FAST)
    assert given.passed == [Passed(each) for each in well]
    assert given.postponed == [Postponed(each, Lane.SLOW) for each in slow]


def test_what_leaves_the_fast_lane_takes_no_place_of_a_rate_limit(world: FakeAdapters) -> None:
    mine = webhook(1, health=Health(slow_until=at(1)), rate_limit_per_s=1)
    given = _open(world, _owed(2), mine, lane=Lane.FAST)
    assert [each.attempt.slot_at for each in given.postponed] == [None, None]
    assert world.webhooks.reserve_slots(mine.id, 1, 1, NOON, NOON) == NOON


def test_on_the_slow_lane_all_is_sent(world: FakeAdapters) -> None:
    given = _open(world, _owed(2), webhook(1, health=Health(slow_until=at(1))))
    assert (len(given.passed), given.postponed) == (2, [])


def test_a_probe_is_sent_off_the_fast_lane_too(world: FakeAdapters) -> None:
    given = _open(world, _owed(2), webhook(health=HALF_OPEN), lane=Lane.FAST)
    assert ([each.is_probe for each in given.passed], len(given.held)) == ([True], 1)


@pytest.mark.parametrize("changes", [{"is_enabled": False}, {"disabled_reason": "It is gone."}])
def test_attempts_for_the_paused_and_the_disabled_end_quietly(world: FakeAdapters, changes: dict[str, Any]) -> None:
    assert _open(world, _owed(2), webhook(**changes)) == Admission()


def test_attempts_for_the_deleted_end_quietly(world: FakeAdapters) -> None:
    assert _open(world, _owed(2)) == Admission()


def test_while_the_circuit_is_open_all_are_held_until_the_probe(world: FakeAdapters) -> None:
    owed = _owed(3)
    given = _open(world, owed, webhook(health=OPEN))
    assert (given.passed, given.postponed) == ([], [])
    assert given.held == [Held(each, at(30)) for each in owed]


def test_what_a_person_asked_for_passes_an_open_circuit_and_decides_too(world: FakeAdapters) -> None:
    asked, waiting = _owed(1, trigger=Trigger.RETRY), _owed(2)
    given = _open(world, asked + waiting[1:], webhook(health=OPEN))
    assert given.passed == [Passed(asked[0], is_probe=True)]
    assert _held(given) == waiting[1:]


def test_half_open_one_probes_and_the_rest_are_held_for_what_it_finds(world: FakeAdapters) -> None:
    owed = _owed(3)
    given = _open(world, owed, webhook(health=HALF_OPEN))
    assert given.passed == [Passed(owed[0], is_probe=True)]
    assert given.held == [Held(each, at(LEASE_S)) for each in owed[1:]]


def test_the_probe_is_taken_where_others_can_see_it(world: FakeAdapters) -> None:
    mine = webhook(health=HALF_OPEN)
    _open(world, _owed(1), mine)
    kept = world.webhooks.get(mine.id)
    assert kept is not None
    assert kept.health.circuit(at(LEASE_S - 1)) is Circuit.OPEN
    assert kept.health.circuit(at(LEASE_S)) is Circuit.HALF_OPEN


def test_of_two_workers_one_probes(world: FakeAdapters) -> None:
    mine = webhook(health=HALF_OPEN)
    world.webhooks.create(mine)
    gate = Gate(store=world.webhooks, clock=world.clock, probe_lease_s=LEASE_S)
    seen = world.webhooks.get_many([mine.id])
    one, other = _owed(2)
    assert _sent(gate.open([one], seen, Lane.SLOW)) == [one]
    given = gate.open([other], seen, Lane.SLOW)
    assert (given.passed, _held(given)) == ([], [other])


def test_half_open_a_persons_attempt_leaves_the_probe_to_be_taken(world: FakeAdapters) -> None:
    asked, owed = _owed(1, trigger=Trigger.RETRY), _owed(3)[1:]
    given = _open(world, asked + owed, webhook(health=HALF_OPEN))
    assert given.passed == [Passed(asked[0], is_probe=True), Passed(owed[0], is_probe=True)]
    assert _held(given) == owed[1:]


def test_a_limit_spreads_attempts_over_time(world: FakeAdapters) -> None:
    given = _open(world, _owed(4), webhook(rate_limit_per_s=1.0))
    assert [each.attempt.slot_at for each in given.passed] == [NOON]
    assert [(each.attempt.slot_at, each.until) for each in given.postponed] == [
        (at(number), at(number)) for number in (1, 2, 3)
    ]


def test_a_place_that_is_near_is_used_at_once(world: FakeAdapters) -> None:
    given = _open(world, _owed(8), webhook(rate_limit_per_s=10.0))
    assert (len(given.passed), len(given.postponed)) == (6, 2)


def test_places_go_on_after_those_of_the_batch_before(world: FakeAdapters) -> None:
    mine = webhook(rate_limit_per_s=1.0)
    _open(world, _owed(2), mine)
    given = _open(world, _owed(3)[2:], mine)
    assert given.passed == []
    assert [each.until for each in given.postponed] == [at(2)]


@pytest.mark.parametrize(("slot_at", "is_on_time"), [(at(-60), True), (at(0.5), True), (at(0.6), False), (at(800), False)])
def test_an_attempt_keeps_the_place_that_it_has(world: FakeAdapters, slot_at: datetime, *, is_on_time: bool) -> None:
    owed = _owed(1, slot_at=slot_at)
    given = _open(world, owed, webhook(rate_limit_per_s=1.0))
    assert _sent(given) == (owed if is_on_time else [])
    assert [(each.attempt, each.until) for each in given.postponed] == ([] if is_on_time else [(owed[0], slot_at)])


def test_a_burst_that_no_queue_can_delay_for_long_enough_is_held(world: FakeAdapters) -> None:
    """At one a second the places of the next 450 s are for new attempts; the rest of the queue's 900 s is for the held."""
    mine = webhook(rate_limit_per_s=1.0)
    world.webhooks.reserve_slots(mine.id, 1, 1, NOON, NOON)
    batches = [_open(world, _owed(10 * number + 10)[-10:], mine) for number in range(60)]
    assert sum(len(each.passed) + len(each.postponed) for each in batches) == 460
    assert sum(len(each.held) for each in batches) == 140
    latest = max(each.until for batch in batches for each in batch.postponed if each.until is not None)
    assert latest <= at(2 * SLOTS_AHEAD_S)


def test_a_batch_that_is_longer_than_the_places_is_held_in_part(world: FakeAdapters) -> None:
    given = _open(world, _owed(8), webhook(rate_limit_per_s=0.01))
    assert (len(given.passed), len(given.postponed), len(given.held)) == (1, 3, 4)
    assert {each.wake_at for each in given.held} == {at(SLOTS_AHEAD_S / 2)}


def test_a_place_in_time_does_not_outlive_an_open_circuit(world: FakeAdapters) -> None:
    owed = _owed(2, slot_at=at(-5))
    given = _open(world, owed, webhook(rate_limit_per_s=1.0, health=OPEN))
    assert [each.attempt.slot_at for each in given.held] == [None, None]


@pytest.mark.parametrize(("health", "lane"), [(Health(), Lane.FAST), (Health(failures=1, failing_since=NOON), Lane.SLOW)])
def test_who_waits_for_a_place_stays_on_its_lane(world: FakeAdapters, health: Health, lane: Lane) -> None:
    given = _open(world, _owed(2), webhook(rate_limit_per_s=0.1, health=health))
    assert [each.lane for each in given.postponed] == [lane]


def test_one_webhooks_circuit_and_limit_leave_the_others_alone(world: FakeAdapters) -> None:
    healthy = _owed(3, 3)
    given = _open(
        world, _owed(3, 1) + _owed(3, 2) + healthy, webhook(1, health=OPEN), webhook(2, rate_limit_per_s=0.1), webhook(3)
    )
    assert [each for each in _sent(given) if each.webhook_id == healthy[0].webhook_id] == healthy
