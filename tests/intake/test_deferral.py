"""`deliverAt`: put off on the queue or in the table, and delivered once at its time."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain import ids
from chalicelib.domain.delivery.delivery import Delivery
from chalicelib.domain.directory.users import Caller, Role
from chalicelib.domain.errors import InvalidInput, PosthornError
from chalicelib.intake.intake import Accepted
from chalicelib.intake.messages import ReceivedNotification
from chalicelib.intake.ports import QueuedNotification
from testbed.fakes.service import FakeAdapters, service_on
from tests.delivery.crashes import Interrupted
from tests.domain.samples import NOON, at, webhook

if TYPE_CHECKING:
    from chalicelib.intake.ports import QueuedNotification

ADMIN = Caller("9", Role.ADMIN)
DAY_S = 86_400


@pytest.fixture
def world() -> FakeAdapters:
    made = FakeAdapters()
    made.webhooks.create(webhook(1))
    return made


def text(after_s: float, **members: object) -> str:
    later = at(after_s).isoformat()
    return json.dumps({"notificationType": "modelDeleted", "actionBy": 1, "deliverAt": later} | members)


def raw(given: str, message_id: str = "m-1") -> ReceivedNotification:
    return ReceivedNotification(given, {}, message_id, NOON)


def handed_out(queued: QueuedNotification, message_id: str) -> ReceivedNotification:
    return ReceivedNotification(queued.text, queued.attributes, message_id, NOON, is_accepted=True)


def let_pass(world: FakeAdapters, seconds: float) -> None:
    """Minute by minute, with a sweep in each, and the notify worker at what becomes visible."""
    rooms, waiting = service_on(world), []
    for minute in range(int(seconds // 60) + 2):
        rooms.deferral.sweep()
        now = world.clock.now()
        waiting += [(now + timedelta(seconds=each.delay_s), each) for each in world.accepted.sent]
        world.accepted.sent.clear()
        world.clock.advance(60)
        for number, (visible_at, each) in enumerate(list(waiting)):
            if visible_at <= world.clock.now():
                waiting.remove((visible_at, each))
                rooms.fan_out.step(handed_out(each, f"m-{minute}-{number}"))


@pytest.mark.parametrize("after_s", [1, 60, 900, 901, 3_600])
def test_it_is_delivered_at_its_time_and_not_before(world: FakeAdapters, after_s: float) -> None:
    service_on(world).fan_out.step(raw(text(after_s)))
    assert world.deliveries.sent == []
    let_pass(world, after_s)
    (sent,) = world.deliveries.sent
    assert ids.time_of(sent.attempt.record_id.sort) == at(after_s)
    assert Delivery.of_attempt(sent.attempt).first_record_id == sent.attempt.record_id


@pytest.mark.parametrize("after_s", [0, -1, -DAY_S])
def test_a_time_that_has_come_is_now(world: FakeAdapters, after_s: float) -> None:
    service_on(world).fan_out.step(raw(text(after_s)))
    assert len(world.deliveries.sent) == 1


def test_the_queue_holds_back_what_it_can(world: FakeAdapters) -> None:
    service_on(world).fan_out.step(raw(text(900)))
    (queued,) = world.accepted.sent
    assert queued.delay_s == 900
    assert world.held.due(at(DAY_S), 10) == []


def test_its_time_does_not_travel_on(world: FakeAdapters) -> None:
    service_on(world).fan_out.step(raw(text(-1)))
    assert "deliverAt" not in world.deliveries.sent[0].attempt.body


@pytest.mark.parametrize("after_s", [10, 3_600])
def test_a_process_that_dies_anywhere_loses_none_and_doubles_none(after_s: float) -> None:
    for calls in range(6):
        world = FakeAdapters()
        world.webhooks.create(webhook(1))
        with Interrupted(world, calls) as interrupted:
            service_on(world).fan_out.step(raw(text(after_s)))
        if interrupted.is_reached:
            service_on(world).fan_out.step(raw(text(after_s)))
        world.clock.advance(max(0, after_s - 30))
        with Interrupted(world, calls):
            service_on(world).deferral.sweep()
        let_pass(world, 300)
        assert len({each.attempt.record_id for each in world.deliveries.sent}) == 1
        assert len(world.deliveries.sent) == 1


def test_thirty_days_are_taken_and_not_more(world: FakeAdapters) -> None:
    service_on(world).fan_out.step(raw(text(30 * DAY_S)))
    with pytest.raises(InvalidInput) as refused:
        service_on(world).fan_out.step(raw(text(30 * DAY_S + 1)))
    assert "DELIVER_AHEAD_DAYS" in refused.value.message


def test_over_https_the_time_is_told_back_and_too_far_ahead_is_refused(world: FakeAdapters) -> None:
    taken, refused = service_on(world).api.intake.accept(ADMIN, [text(60, id="evt-1"), text(31 * DAY_S)])
    assert taken == Accepted("evt-1", at(60))
    assert isinstance(refused, PosthornError)
    assert refused.fields.keys() == {"deliverAt"}


@pytest.mark.parametrize("given", ["tomorrow", "2026-03-01T12:00:00", "", 7, "9999-12-31T23:59:59-23:00", []])
def test_what_is_no_time_with_its_zone_is_refused(world: FakeAdapters, given: object) -> None:
    with pytest.raises(InvalidInput, match="deliverAt"):
        service_on(world).fan_out.step(raw(text(0, deliverAt=given)))


def test_a_plain_notification_is_kept_by_one_write(world: FakeAdapters) -> None:
    service_on(world).fan_out.step(raw('{"notificationType":"modelDeleted"}'))
    ((found,), _) = world.held.kept(NOON, at(1), None, 10)
    assert (found.id, found.text) == ("ntf_m-1", '{"notificationType":"modelDeleted"}')


def test_where_keeping_is_turned_off_nothing_is_written(world: FakeAdapters) -> None:
    service_on(world, notification_days=0).fan_out.step(raw('{"notificationType":"modelDeleted"}'))
    assert world.held.kept(NOON, at(1), None, 10) == ([], None)
