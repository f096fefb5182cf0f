"""What owners are told of their webhooks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.delivery.deliver import ReceivedAttempt
from chalicelib.domain.notifications import matching
from testbed.fakes.service import FakeAdapters, service_on
from tests.domain.samples import at, attempt_at, notified, webhook
from tests.fanout.fanning import handed_out

if TYPE_CHECKING:
    from chalicelib.domain.webhooks.health import Health
    from chalicelib.domain.webhooks.webhook import Webhook

OPEN_AFTER = 3
BATCHES_MAX = 200


@pytest.fixture
def world() -> FakeAdapters:
    return FakeAdapters()


def _deliver(world: FakeAdapters, status: int, *seconds: float, number: int = 1) -> None:
    """A batch of attempts, one after another, to a receiver that answers with a status."""
    world.sender.answers[webhook(number).url] = status
    the_house = service_on(world, circuit_open_after=OPEN_AFTER)
    for each in seconds:
        world.clock.at = at(each)
        the_house.deliver.batch([ReceivedAttempt("m", attempt_at(at(each), number, f"{each}"), 1)])


def _told(world: FakeAdapters) -> list[dict[str, Any]]:
    return [json.loads(each.text) for each in world.accepted.sent]


def test_an_opening_is_told_once_and_so_is_the_recovery(world: FakeAdapters) -> None:
    world.webhooks.create(webhook())
    _deliver(world, 500, 1, 2, 3, 50, 150)
    _deliver(world, 200, 400, 401)
    assert [each["notificationType"] for each in _told(world)] == ["webhookFailing", "webhookRecovered"]
    assert {each["targetUser"] for each in _told(world)} == {1}


def test_a_second_opening_is_told_under_another_id(world: FakeAdapters) -> None:
    world.webhooks.create(webhook())
    for begin in (0, 1_000):
        _deliver(world, 500, begin + 1, begin + 2, begin + 3)
        _deliver(world, 200, begin + 400)
    ids = [each["id"] for each in _told(world)]
    assert len(set(ids)) == len(ids) == 4


def test_failures_that_open_nothing_are_not_told(world: FakeAdapters) -> None:
    world.webhooks.create(webhook())
    _deliver(world, 500, 1, 2)
    _deliver(world, 200, 3)
    assert _told(world) == []


def test_a_disabling_is_in_the_audit(world: FakeAdapters) -> None:
    world.webhooks.create(webhook())
    _deliver(world, 410, 1)
    [line] = world.audit.lines
    assert (line.actor, line.action) == ("posthorn", "webhookDisabled")
    assert {name: became for name, _, became in line.changes} == {"disabled_reason": "The receiver answered 410 Gone."}


@pytest.mark.parametrize("kind", ["webhookFailing", "webhookRecovered"])
@pytest.mark.parametrize("number", [1, 2])
def test_a_webhook_hears_of_others_and_not_of_itself(kind: str, number: int) -> None:
    about = {"notificationType": kind, "targetUser": 1, "webhookId": webhook(number).id}
    source = matching.first_source(webhook(1), notified(json.dumps(about)))
    assert (source is None) is (number == 1)


def test_two_dead_webhooks_that_hear_of_each_other_come_to_rest(world: FakeAdapters) -> None:
    """Each opening is told once: what is told is not told of again, however often its delivery fails."""
    both = [webhook(1), webhook(2)]
    for each in both:
        world.webhooks.create(each)
        world.sender.answers[each.url] = 500
    _deliver(world, 500, 1, 2, 3)
    rest = _run_dry(world)
    assert rest < BATCHES_MAX
    told = [(each["webhookId"], each["notificationType"]) for each in _told(world)]
    assert len(set(told)) == len(told)
    assert {kind for _, kind in told} == {"webhookFailing"}
    assert all(_health(world, each).probe_at for each in both)


def _run_dry(world: FakeAdapters) -> int:
    """Fan out and deliver, waits and all, until nothing is left to do; return the number of batches."""
    the_house = service_on(world, circuit_open_after=OPEN_AFTER, attempt_waits_s=(5, 60))
    taken = 0
    for batch in range(BATCHES_MAX):
        fresh = world.accepted.sent[taken:]
        taken += len(fresh)
        for each in fresh:
            the_house.fan_out.step(handed_out(each, f"m-{batch}"))
        owed, world.deliveries.sent = world.deliveries.sent, []
        if not fresh and not owed:
            return batch
        world.clock.advance(901)
        the_house.deliver.batch([ReceivedAttempt(str(n), each.attempt, 1) for n, each in enumerate(owed)])
    return BATCHES_MAX


def _health(world: FakeAdapters, each: Webhook) -> Health:
    found = world.webhooks.get(each.id)
    assert found is not None
    return found.health
