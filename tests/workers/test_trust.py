"""What a message is worth depends on the queue that it came by: event sources send texts, and the service alone the rest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from chalicelib.composition import process
from chalicelib.composition.api import services
from chalicelib.domain import ids
from chalicelib.domain.directory.users import Caller, Role
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.notifications import envelope, producer
from chalicelib.intake.ports import QueuedNotification
from chalicelib.workers import notify
from testbed.events import arn, handed_back, sqs_event
from testbed.fakes.service import FakeAdapters, service_on
from tests.domain.samples import NOON, at, webhook

if TYPE_CHECKING:
    from collections.abc import Iterator

ADMIN = Caller("9", Role.ADMIN)
OWN_TYPES = ["webhookDisabled", "webhookFailing", "webhookRecovered", "WEBHOOKDISABLED"]
FORGED = [
    {envelope.POSITION: "3|"},
    {envelope.ACCEPTED_AT: "9999-01-01T00:00:00+00:00"},
    {envelope.ID: "evt-of-another"},
    {envelope.PRODUCER: producer.SERVICE},
    {envelope.LEASE_UNTIL: "9999-01-01T00:00:00+00:00"},
    {envelope.HOPS: "0"},
    {"PosthornPosition": "3|"},
    {"posthornAnythingElse": "x"},
]


def text(notification_type: str = "modelDeleted", **members: object) -> str:
    return json.dumps({"notificationType": notification_type} | members)


@pytest.fixture
def world() -> Iterator[FakeAdapters]:
    made = FakeAdapters()
    made.webhooks.create(webhook(1, is_global=True, notification_types=("ALL_NOTIFICATIONS",)))
    with process.using(service_on(made)):
        yield made


def accept(world: FakeAdapters, queued: QueuedNotification) -> None:
    """Work on a message that the service has sent to itself."""
    assert notify.notify(sqs_event("accepted", queued.text, attributes=queued.attributes), None) == handed_back()
    assert world.dead_letters.sent == []


@pytest.mark.parametrize("forged", FORGED, ids=lambda each: next(iter(each)))
def test_a_producer_who_sets_the_services_attributes_is_set_aside_with_the_reason(
    world: FakeAdapters, forged: dict[str, str]
) -> None:
    assert notify.notify(sqs_event("notifications", text(), attributes=forged), None) == handed_back()
    [letter] = world.dead_letters.sent
    assert (letter.source_arn, letter.body, letter.attributes) == (arn("notifications"), text(), {})
    assert next(iter(forged)) in letter.reason
    assert world.deliveries.sent == []


def test_attributes_of_other_names_are_a_producers_own(world: FakeAdapters) -> None:
    notify.notify(sqs_event("notifications", text(), attributes={"traceparent": "00-x", "reason": "redriven"}), None)
    assert len(world.deliveries.sent) == 1


def test_no_producer_chooses_when_a_notification_was_accepted(world: FakeAdapters) -> None:
    notify.notify(sqs_event("notifications", text(acceptedAt="9999-01-01T00:00:00Z")), None)
    [sent] = world.deliveries.sent
    assert ids.time_of(sent.attempt.record_id.sort) == NOON


def test_no_step_skips_the_schema_but_those_of_the_service(world: FakeAdapters) -> None:
    """The first step checks it; a position that a producer made up would be no first step."""
    attributes = envelope.identity("ntf_1", NOON, "user|9", 0) | {envelope.POSITION: "0|"}
    accept(world, QueuedNotification(text(), attributes))
    assert len(world.deliveries.sent) == 1
    notify.notify(sqs_event("notifications", text(), attributes=attributes), None)
    assert len(world.dead_letters.sent) == 1


def test_an_accepted_notification_is_taken_under_its_id_time_and_producer(world: FakeAdapters) -> None:
    [taken] = process.current().made(services).intake.accept(ADMIN, [text()])
    [queued] = world.accepted.sent
    world.clock.advance(30)
    accept(world, queued)
    [sent] = world.deliveries.sent
    assert sent.attempt.notification_id == getattr(taken, "id", None)
    assert ids.time_of(sent.attempt.record_id.sort) == NOON
    [held], _ = world.held.kept(at(-60), at(60), None, 10)
    assert held.producer == "user|9"


def test_what_is_set_aside_off_the_services_own_queue_can_be_redriven_as_it_was(world: FakeAdapters) -> None:
    attributes = envelope.identity("ntf_1", NOON, "user|9", 0) | {envelope.POSITION: "nonsense"}
    notify.notify(sqs_event("accepted", text(), attributes={**attributes, "reason": "an earlier one"}), None)
    [letter] = world.dead_letters.sent
    assert letter.attributes == attributes


def test_what_the_service_accepted_before_producers_had_name_spaces_is_taken(world: FakeAdapters) -> None:
    accept(world, QueuedNotification(text(), {envelope.ID: "ntf_1", envelope.ACCEPTED_AT: NOON.isoformat()}))
    [sent] = world.deliveries.sent
    assert sent.attempt.delivery_id == ids.DELIVERY + ids.derived(NOON, "delivery", "ntf_1", webhook(1).id)


@pytest.mark.parametrize("own", OWN_TYPES)
def test_nobody_sends_the_services_own_types_over_https(own: str) -> None:
    [refused] = service_on(FakeAdapters()).api.intake.accept(ADMIN, [text(own)])
    assert isinstance(refused, InvalidInput)
    assert refused.fields.keys() == {"notificationType"}


@pytest.mark.parametrize("own", OWN_TYPES)
def test_nobody_sends_the_services_own_types_on_the_queue(world: FakeAdapters, own: str) -> None:
    assert notify.notify(sqs_event("notifications", text(own)), None) == handed_back()
    [letter] = world.dead_letters.sent
    assert "only the service itself" in letter.reason
    assert world.deliveries.sent == []


@pytest.mark.parametrize("own", OWN_TYPES[:3])
def test_the_service_sends_its_own_types(world: FakeAdapters, own: str) -> None:
    accept(world, QueuedNotification(text(own), {envelope.PRODUCER: producer.SERVICE}))
    assert len(world.deliveries.sent) == 1


def test_two_reasons_for_one_event_are_one_notice_and_no_conflict(world: FakeAdapters) -> None:
    """Two workers disable a webhook at once, each with its own words."""
    for reason in ("It is gone.", "It has failed for days."):
        notice = text("webhookDisabled", id="wh_1-disabled-1", reason=reason)
        accept(world, QueuedNotification(notice, {envelope.PRODUCER: producer.SERVICE}))
    assert len(world.deliveries.sent) == 1


def test_a_message_of_ours_has_room_for_the_reason_among_sqs_ten_attributes(world: FakeAdapters) -> None:
    """ "Amazon SQS message metadata", AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata."""
    for number in range(2, 5):
        world.webhooks.create(webhook(number, is_global=True, notification_types=("ALL_NOTIFICATIONS",)))
    rooms = service_on(world, fan_out_page_max=2)
    with process.using(rooms):
        rooms.api.intake.accept(ADMIN, [text(id="evt-1")])
        [first] = world.accepted.sent
        accept(world, first)
        [_, rest] = world.accepted.sent
    assert max(len(first.attributes), len(rest.attributes)) + 1 <= 10
