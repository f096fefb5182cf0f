"""From a notification to deliveries, step by step."""

from __future__ import annotations

import json

import pytest

from chalicelib.delivery.ports import Lane
from chalicelib.domain.directory.users import Role, User
from chalicelib.domain.errors import InvalidInput, TooLarge
from chalicelib.domain.notifications import envelope
from chalicelib.domain.webhooks.health import Health
from chalicelib.intake.messages import END, Position, ReceivedNotification
from testbed.fakes.service import FakeAdapters, service_on
from tests.domain.samples import NOON, at, webhook, webhook_id
from tests.fanout.fanning import (
    WANTING,
    deliveries_of,
    furnish,
    handed_out,
    once_each,
    received,
    record_ids,
    take_queued,
    work_off,
)


@pytest.fixture
def world() -> FakeAdapters:
    return FakeAdapters()


def test_each_webhook_that_wants_it_gets_one_delivery(world: FakeAdapters) -> None:
    rooms = furnish(world)
    rooms.fan_out.step(received())
    work_off(world, rooms)
    assert deliveries_of(world) == once_each(WANTING)


@pytest.mark.parametrize("page", [1, 2, 3, 4, 5, 7, 11, 100])
def test_so_it_is_with_steps_of_any_size(world: FakeAdapters, page: int) -> None:
    furnish(world)
    rooms = service_on(world, fan_out_page_max=page)
    rooms.fan_out.step(received(id="evt-1"))
    work_off(world, rooms)
    assert deliveries_of(world) == once_each(WANTING)


def test_a_step_takes_no_more_than_its_size(world: FakeAdapters) -> None:
    rooms = furnish(world)
    rooms.fan_out.step(received())
    assert len(world.deliveries.sent) <= 2
    assert len(world.accepted.sent) == 1


def test_many_that_are_proposed_and_do_not_want_it_end_too(world: FakeAdapters) -> None:
    for number in range(1, 6):
        world.webhooks.create(webhook(number, owner_id="1", is_enabled=False))
    rooms = service_on(world, fan_out_page_max=1)
    rooms.fan_out.step(received())
    assert work_off(world, rooms) == 5
    assert world.deliveries.sent == []


def test_a_step_that_is_repeated_repeats_the_same_ids(world: FakeAdapters) -> None:
    rooms = furnish(world)
    for _ in range(2):
        rooms.fan_out.step(received())
    first, second = world.deliveries.sent[:2], world.deliveries.sent[2:]
    assert [each.attempt for each in first] == [each.attempt for each in second]


def test_another_message_with_the_same_text_is_another_notification(world: FakeAdapters) -> None:
    rooms = furnish(world)
    for message_id in ("m-1", "m-2"):
        rooms.fan_out.step(received(message_id))
        work_off(world, rooms)
    assert len(record_ids(world)) == 2 * len(WANTING)


def test_a_deleted_webhook_gets_none_though_its_rows_are_left(world: FakeAdapters) -> None:
    rooms = furnish(world)
    world.webhooks.delete(WANTING[3], NOON)
    rooms.fan_out.step(received())
    work_off(world, rooms)
    assert deliveries_of(world) == once_each((*WANTING[:3], *WANTING[4:]))


def test_the_attempt_carries_all_that_the_worker_needs(world: FakeAdapters) -> None:
    world.webhooks.create(webhook(1, is_global=True))
    service_on(world).fan_out.step(received(id="evt-1", text=None, dataSourceName="test", modelType="datasource"))
    (sent,) = world.deliveries.sent
    attempt = sent.attempt
    assert (attempt.webhook_id, attempt.notification_id, attempt.notification_type) == (
        webhook_id(1),
        "evt-1",
        "modelDeleted",
    )
    assert (attempt.attempt_number, attempt.trigger, attempt.retry_of, attempt.slot_at) == (1, "notification", None, None)
    assert json.loads(attempt.body)["text"] == "User 1 has deleted the test data source."
    assert attempt.delivery_id.startswith("msg_")


def test_names_in_the_sentence_come_from_the_directory(world: FakeAdapters) -> None:
    world.webhooks.create(webhook(1, is_global=True))
    world.directory.put_user(User(id="1", name="Steve Touw", role=Role.USER, groups=(), created_at=NOON, updated_at=NOON))
    service_on(world).fan_out.step(received(dataSourceName="test", modelType="datasource"))
    assert json.loads(world.deliveries.sent[0].attempt.body)["text"] == "Steve Touw has deleted the test data source."


@pytest.mark.parametrize(
    ("health", "lane"),
    [
        (Health(), Lane.FAST),
        (Health(slow_until=at(1)), Lane.SLOW),
        (Health(slow_until=at(-1)), Lane.FAST),
        (Health(failures=1, failing_since=NOON), Lane.SLOW),
        (Health(failures=5, failing_since=NOON, opens=1, probe_at=at(30)), Lane.SLOW),
    ],
)
def test_the_lane_follows_from_the_webhooks_health(world: FakeAdapters, health: Health, lane: Lane) -> None:
    world.webhooks.create(webhook(1, is_global=True, health=health))
    service_on(world).fan_out.step(received())
    assert [(each.lane, each.delay_s) for each in world.deliveries.sent] == [(lane, 0)]


@pytest.mark.parametrize(
    ("text", "attributes"),
    [
        ("nonsense", {}),
        ("{}", {}),
        ('{"notificationType":"a"}', {envelope.POSITION: "nonsense"}),
        ('{"notificationType":"a"}', {envelope.POSITION: ""}),
        ('{"notificationType":"a"}', {envelope.POSITION: "²|"}),
        ('{"notificationType":"a"}', {envelope.POSITION: "9" * 5_000 + "|"}),
        ('{"notificationType":"a"}', {envelope.POSITION: "-1|"}),
        ('{"notificationType":"a"}', {envelope.POSITION: "0|wh_nonsense"}),
        ('{"notificationType":"a"}', {envelope.POSITION: "9|"}),
        ('{"notificationType":"a"}', {envelope.POSITION: "0||0"}),
        ('{"notificationType":"a"}', {envelope.POSITION: "0||1"}),
        ('{"notificationType":"a"}', {envelope.POSITION: "0||1", envelope.LEFT: "wh_nonsense"}),
        ('{"notificationType":"a"}', {envelope.POSITION: "0||1", envelope.LEFT: ",".join([webhook_id(1)] * 1_001)}),
        ('{"notificationType":"a"}', {envelope.POSITION: "0|", envelope.LEFT: webhook_id(1)}),
        ('{"notificationType":"a"}', {envelope.ACCEPTED_AT: "yesterday"}),
        ('{"notificationType":"a"}', {envelope.ACCEPTED_AT: "2026-03-01T12:00:00"}),
    ],
)
def test_what_is_no_step_of_a_fan_out_is_refused(world: FakeAdapters, text: str, attributes: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        service_on(world).fan_out.step(ReceivedNotification(text, attributes, "m-1", NOON, is_accepted=True))


def test_what_is_too_long_is_refused(world: FakeAdapters) -> None:
    with pytest.raises(TooLarge, match="NOTIFICATION_BYTES_MAX"):
        service_on(world, notification_bytes_max=256).fan_out.step(received(padding="x" * 256))


@pytest.mark.parametrize(
    "position", [Position(), Position(3), Position(7, webhook_id(1)), Position(7, webhook_id(1), 12), END]
)
def test_a_position_is_read_back(position: Position) -> None:
    assert Position.parse(str(position)) == position


def test_a_continuation_carries_the_producers_own_text(world: FakeAdapters) -> None:
    rooms = furnish(world)
    text = '{ "notificationType":"modelDeleted",\n"n":1.10, "actionBy" : 1, "targetGroup":"ops"}'
    rooms.fan_out.step(received(text=text))
    (rest,) = take_queued(world)
    rooms.fan_out.step(handed_out(rest, "c-1"))
    assert rest.text == text
    assert all(r"\"n\":1.10" in each.attempt.body for each in world.deliveries.sent)
