"""Notifications over HTTPS."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from chalicelib.domain import ids
from chalicelib.domain.directory.users import Caller, Role
from chalicelib.domain.errors import InvalidInput, PosthornError, TooLarge, Unavailable
from chalicelib.domain.notifications import envelope
from chalicelib.domain.payloads.formats import BodyFormat
from chalicelib.intake.intake import Accepted
from chalicelib.intake.messages import ReceivedNotification
from testbed.fakes.service import FakeAdapters, service_on
from tests.domain.samples import NOON, PAGE_SAMPLE, at, webhook
from tests.fanout.fanning import work_off

ADMIN = Caller("9", Role.ADMIN)
PLAIN = '{"notificationType":"modelDeleted"}'


@pytest.fixture
def world() -> FakeAdapters:
    return FakeAdapters()


def test_a_notification_is_queued_as_it_was_written(world: FakeAdapters) -> None:
    text = '{ "notificationType" : "modelDeleted", "n": 1.10, "e": "\\u00e9" }'
    service_on(world).api.intake.accept(ADMIN, [text])
    assert [each.text for each in world.accepted.sent] == [text]


def test_its_id_is_the_producers_or_a_fresh_one(world: FakeAdapters) -> None:
    named, fresh, other = service_on(world).api.intake.accept(ADMIN, [PAGE_SAMPLE, PLAIN, PLAIN])
    assert named == Accepted("evt-7f3", None)
    assert isinstance(fresh, Accepted)
    assert ids.is_id("ntf_", fresh.id)
    assert fresh != other


def test_id_time_and_producer_travel_beside_the_text(world: FakeAdapters) -> None:
    (given,) = service_on(world).api.intake.accept(ADMIN, [PLAIN])
    (queued,) = world.accepted.sent
    assert isinstance(given, Accepted)
    assert queued.attributes == {
        envelope.ID: given.id,
        envelope.ACCEPTED_AT: NOON.isoformat(),
        envelope.PRODUCER: "user|9",
    }


def test_the_accepted_are_queued_and_the_refused_are_told_why(world: FakeAdapters) -> None:
    results = service_on(world).api.intake.accept(ADMIN, [PLAIN, "{}", "nonsense", PLAIN])
    assert [isinstance(each, InvalidInput) for each in results] == [False, True, True, False]
    assert len(world.accepted.sent) == 2


@pytest.mark.parametrize(("size", "is_taken"), [(256, True), (257, False)])
def test_size_is_counted_in_bytes(world: FakeAdapters, size: int, *, is_taken: bool) -> None:
    frame = '{"notificationType":"modelDeleted","n":"%s"}'
    text = frame % ("é" + "x" * (size - len(frame)))
    (result,) = service_on(world, notification_bytes_max=256).api.intake.accept(ADMIN, [text])
    assert isinstance(result, TooLarge) is not is_taken
    assert len(world.accepted.sent) == is_taken


BYTES_MAX = 256
FRAME = '{"notificationType":"modelDeleted","actionBy":1,"n":"%s"}'
ESCAPES = ["\ud800", "\uffff", "\ufffe"]


def _text_of(size: int, character: str) -> str:
    """A notification with that character, of so many bytes as it is queued."""
    return FRAME % (character + "x" * (size - len(FRAME % "\\uffff")))


def _fanned_out(world: FakeAdapters, bytes_max: int = BYTES_MAX) -> list[str]:
    """The bodies of what becomes of all that is queued, and of what that puts back on the queue."""
    world.webhooks.create(webhook(1, body_format=BodyFormat.STANDARD))
    rooms = service_on(world, notification_bytes_max=bytes_max, deliver_ahead_days=1)
    for _ in range(3):
        for queued in [world.accepted.sent.pop() for _ in list(world.accepted.sent)]:
            world.clock.advance(queued.delay_s)
            message = ReceivedNotification(queued.text, queued.attributes, "m-1", NOON, is_accepted=True)
            rooms.fan_out.step(message)
        world.clock.advance(6 * 3_600)
        rooms.deferral.sweep()
    return [each.attempt.body for each in world.deliveries.sent]


@pytest.mark.parametrize("character", ESCAPES)
@pytest.mark.parametrize(("size", "is_taken"), [(BYTES_MAX, True), (BYTES_MAX + 1, False)])
def test_size_is_counted_as_it_is_queued_and_what_is_accepted_is_delivered(
    world: FakeAdapters, size: int, character: str, *, is_taken: bool
) -> None:
    (result,) = service_on(world, notification_bytes_max=BYTES_MAX).api.intake.accept(ADMIN, [_text_of(size, character)])
    assert isinstance(result, TooLarge) is not is_taken
    assert len(_fanned_out(world)) == is_taken


def test_a_refusal_for_its_size_says_that_escapes_are_counted(world: FakeAdapters) -> None:
    text = FRAME % ("\uffff" + "x" * (BYTES_MAX - len((FRAME % "\uffff").encode())))
    (result,) = service_on(world, notification_bytes_max=BYTES_MAX).api.intake.accept(ADMIN, [text])
    assert isinstance(result, TooLarge)
    assert result.message == (
        "The notification has 259 bytes as it is queued, with U+FFFE, U+FFFF and surrogates escaped. "
        "The limit is 256 (NOTIFICATION_BYTES_MAX)."
    )


@pytest.mark.parametrize("minutes", [0, 10, 300])
def test_what_is_accepted_is_delivered_though_a_limit_is_lowered_meanwhile(world: FakeAdapters, minutes: int) -> None:
    later = (NOON + timedelta(days=2, minutes=minutes)).isoformat()
    text = _text_of(BYTES_MAX, "x").replace('"n"', f'"deliverAt":"{later}","n"') if minutes else _text_of(BYTES_MAX, "x")
    (result,) = service_on(world).api.intake.accept(ADMIN, [text])
    assert isinstance(result, Accepted)
    world.clock.advance(2 * 86_400 if minutes else 0)
    assert len(_fanned_out(world, bytes_max=BYTES_MAX - 1)) == 1


@pytest.mark.parametrize("character", ESCAPES)
def test_what_no_queue_carries_is_queued_as_an_escape(world: FakeAdapters, character: str) -> None:
    (result,) = service_on(world).api.intake.accept(ADMIN, [f'{{"notificationType":"modelDeleted","n":"{character}"}}'])
    (queued,) = world.accepted.sent
    assert not isinstance(result, PosthornError)
    assert character not in queued.text
    assert json.loads(queued.text)["n"] == character


def test_a_queue_that_refuses_is_told(world: FakeAdapters) -> None:
    world.accepted.is_refusing = True
    with pytest.raises(Unavailable):
        service_on(world).api.intake.accept(ADMIN, [PLAIN])


def _named(**members: object) -> str:
    return json.dumps({"id": "evt-1", "notificationType": "modelDeleted", "actionBy": 1} | members)


def test_a_copy_in_the_same_request_is_answered_and_not_queued(world: FakeAdapters) -> None:
    one, copy = service_on(world).api.intake.accept(ADMIN, [_named(), _named()])
    assert one == copy == Accepted("evt-1", None)
    assert len(world.accepted.sent) == 1


def test_a_copy_of_what_is_done_is_answered_and_not_queued(world: FakeAdapters) -> None:
    rooms = service_on(world)
    rooms.api.intake.accept(ADMIN, [_named()])
    work_off(world, rooms)
    assert rooms.api.intake.accept(ADMIN, [_named()]) == [Accepted("evt-1", None)]
    assert world.accepted.sent == []


@pytest.mark.parametrize(("ahead_s", "is_taken"), [(7 * 86_400, True), (7 * 86_400 + 1, False)])
def test_a_notification_is_put_off_by_so_many_days_at_the_most(world: FakeAdapters, ahead_s: int, *, is_taken: bool) -> None:
    (result,) = service_on(world, deliver_ahead_days=7).api.intake.accept(ADMIN, [_named(deliverAt=at(ahead_s).isoformat())])
    assert isinstance(result, Accepted) is is_taken
    assert len(world.accepted.sent) == is_taken


def test_what_is_put_off_is_anybodys_when_its_time_has_come(world: FakeAdapters) -> None:
    """Also if that is sooner than the lease of its acceptance would have ended."""
    world.webhooks.create(webhook(1, is_global=True))
    rooms = service_on(world, fan_out_lease_s=180)
    rooms.api.intake.accept(ADMIN, [_named(deliverAt=at(60).isoformat())])
    world.clock.advance(60)
    work_off(world, rooms)
    assert len(world.deliveries.sent) == 1
