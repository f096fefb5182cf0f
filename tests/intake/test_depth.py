"""Loops: each delivery says how deep it is, and what went round too often is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.background.tasks import StepRecovery
from chalicelib.delivery.deliver import ReceivedAttempt
from chalicelib.domain.directory.users import Caller, Role
from chalicelib.domain.errors import InvalidInput, NotificationLoop, RefusedHeader
from chalicelib.domain.history.recovery import Wanted
from chalicelib.domain.notifications import depth, envelope
from chalicelib.domain.webhooks.headers import validated
from chalicelib.intake.messages import ReceivedNotification
from testbed.fakes.people import settle
from testbed.fakes.service import FakeAdapters, service_on
from tests.domain.samples import NOON, at, webhook

if TYPE_CHECKING:
    from chalicelib.domain.delivery.attempt import PendingAttempt
    from testbed.fakes.service import Service

ADMIN = Caller("9", Role.ADMIN)
OWNER = Caller("1", Role.USER)
MINE = webhook(1)
PLAIN = '{"notificationType":"modelDeleted","actionBy":1}'


@pytest.fixture
def world() -> FakeAdapters:
    made = FakeAdapters()
    settle(made, OWNER)
    made.webhooks.create(MINE)
    return made


def notify(world: FakeAdapters, rooms: Service) -> None:
    """Work off the notifications queue, the continuations of a fan-out too."""
    number = 0
    while world.accepted.sent:
        queued = world.accepted.sent.pop(0)
        number += 1
        rooms.fan_out.step(
            ReceivedNotification(queued.text, queued.attributes, f"m-{number}", world.clock.now(), is_accepted=True)
        )


def deliver(world: FakeAdapters, rooms: Service) -> list[str]:
    """Make the attempts that are on the lanes; return the depths that their requests name."""
    sent, world.deliveries.sent = world.deliveries.sent, []
    before = len(world.sender.sent)
    rooms.deliver.batch([ReceivedAttempt(str(each.attempt.record_id), each.attempt, 1) for each in sent])
    return [dict(each.headers)[depth.HEADER] for each in world.sender.sent[before:]]


def depths(world: FakeAdapters) -> list[int]:
    return [each.attempt.depth for each in world.deliveries.sent]


def test_a_notification_that_nothing_led_to_is_delivered_at_depth_1(world: FakeAdapters) -> None:
    rooms = service_on(world)
    rooms.api.intake.accept(ADMIN, [PLAIN])
    notify(world, rooms)
    assert deliver(world, rooms) == ["1"]


def test_a_webhook_that_leads_back_goes_round_as_often_as_is_allowed(world: FakeAdapters) -> None:
    """What it was: without an end."""
    rooms, headers = service_on(world), ["0"]
    with pytest.raises(NotificationLoop, match="NOTIFICATION_DEPTH_MAX"):
        go_round(world, rooms, headers)
    assert headers == ["0", "1", "2", "3", "4"]


def go_round(world: FakeAdapters, rooms: Service, headers: list[str]) -> None:
    """The receiver answers each delivery with a notification, and hands the header on; a hundred times at the most."""
    while len(headers) <= 100:
        rooms.api.intake.accept(ADMIN, [PLAIN], depth.parse(headers[-1]))
        notify(world, rooms)
        headers += deliver(world, rooms)


def test_a_depth_of_0_takes_nothing_that_a_delivery_led_to(world: FakeAdapters) -> None:
    rooms = service_on(world, notification_depth_max=0)
    assert len(rooms.api.intake.accept(ADMIN, [PLAIN])) == 1
    with pytest.raises(NotificationLoop):
        rooms.api.intake.accept(ADMIN, [PLAIN], 1)


def test_it_survives_the_steps_of_a_fan_out(world: FakeAdapters) -> None:
    for number in (2, 3):
        world.webhooks.create(webhook(number))
    rooms = service_on(world, fan_out_page_max=1)
    rooms.api.intake.accept(ADMIN, [PLAIN], 2)
    notify(world, rooms)
    assert depths(world) == [2, 2, 2]


@pytest.mark.parametrize("after_s", [600, 86_400])
def test_it_survives_being_put_off(world: FakeAdapters, after_s: int) -> None:
    rooms = service_on(world)
    later = json.dumps({**json.loads(PLAIN), "deliverAt": at(after_s).isoformat()})
    rooms.api.intake.accept(ADMIN, [later], 2)
    notify(world, rooms) if after_s > 900 else rooms.fan_out.step(taken(world))
    world.clock.advance(after_s)
    rooms.deferral.sweep()
    notify(world, rooms)
    assert depths(world) == [2]


def taken(world: FakeAdapters) -> ReceivedNotification:
    queued = world.accepted.sent.pop(0)
    return ReceivedNotification(queued.text, queued.attributes, "m", NOON, is_accepted=True)


def test_it_survives_waiting_in_the_table(world: FakeAdapters) -> None:
    rooms = service_on(world)
    attempt = accepted(world, rooms, 2)
    world.waiting.hold([attempt], {MINE.id: NOON}, 10)
    assert [each.depth for each in world.waiting.oldest(MINE.id, 1)] == [2]


def test_it_survives_a_retry_and_the_schedule(world: FakeAdapters) -> None:
    rooms = service_on(world)
    world.sender.answers[MINE.url] = 500
    attempt = accepted(world, rooms, 2)
    assert deliver(world, rooms) == ["3"]
    assert depths(world) == [2]
    rooms.api.history.retry(ADMIN, str(attempt.record_id))
    assert depths(world) == [2, 2]


@pytest.mark.parametrize("only", [Wanted.FAILED, Wanted.MISSING])
def test_it_survives_a_recovery(world: FakeAdapters, only: Wanted) -> None:
    world.sender.answers[MINE.url] = 410
    rooms = service_on(world)
    accepted(world, rooms, 2)
    deliver(world, rooms)
    found = world.webhooks.get(MINE.id)
    assert found is not None
    world.webhooks.update(found, replace(MINE, version=found.version + 1, disabled_reason=None))
    world.clock.advance(10)
    rooms.api.recoveries.start(ADMIN, MINE.id, only, NOON - timedelta(hours=1), None)
    while any(isinstance(each.work, StepRecovery) for each in world.background.sent):
        rooms.recoverer.step(world.background.take(StepRecovery).recovery_id)
    assert depths(world) == [2]


def accepted(world: FakeAdapters, rooms: Service, given: int) -> PendingAttempt:
    """A notification of that depth, fanned out."""
    rooms.api.intake.accept(ADMIN, [PLAIN], given)
    notify(world, rooms)
    return world.deliveries.sent[0].attempt


def test_a_notification_that_nothing_led_to_has_no_attribute_for_it(world: FakeAdapters) -> None:
    service_on(world).api.intake.accept(ADMIN, [PLAIN])
    assert envelope.DEPTH not in world.accepted.sent[0].attributes


@pytest.mark.parametrize("text", ["", "-1", "1.5", "a", "9999999", "\u0661"])
def test_what_is_no_depth_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        depth.parse(text)


def test_no_owner_sets_the_header(world: FakeAdapters) -> None:
    with pytest.raises(RefusedHeader):
        validated({"Posthorn-Depth": "0"})
    world.webhooks.update(MINE, replace(MINE, headers=((depth.HEADER, "0"),), version=2))  # from before it was reserved
    rooms = service_on(world)
    rooms.api.intake.accept(ADMIN, [PLAIN])
    notify(world, rooms)
    assert deliver(world, rooms) == ["1"]
