"""Notifications over HTTPS."""

from __future__ import annotations

import json

import pytest

from chalicelib.domain import ids
from chalicelib.domain.directory import Caller, Right, Role
from chalicelib.domain.errors import Forbidden, InvalidInput, PosthornError, TooLarge, Unavailable
from chalicelib.services import envelope
from chalicelib.services.intake import Accepted
from tests.domain.samples import NOON, PAGE_SAMPLE
from tests.fakes.house import World, house

ADMIN = Caller("9", Role.ADMIN)
PLAIN = '{"notificationType":"modelDeleted"}'


@pytest.fixture
def world() -> World:
    return World()


def test_a_notification_is_queued_as_it_was_written(world: World) -> None:
    text = '{ "notificationType" : "modelDeleted", "n": 1.10, "e": "\\u00e9" }'
    house(world).intake.accept(ADMIN, [text])
    assert [each.text for each in world.accepted.sent] == [text]


def test_its_id_is_the_producers_or_a_fresh_one(world: World) -> None:
    named, fresh, other = house(world).intake.accept(ADMIN, [PAGE_SAMPLE, PLAIN, PLAIN])
    assert named == Accepted("evt-7f3", None)
    assert isinstance(fresh, Accepted)
    assert ids.is_id("ntf_", fresh.id)
    assert fresh != other


def test_id_time_and_producer_travel_beside_the_text(world: World) -> None:
    (given,) = house(world).intake.accept(ADMIN, [PLAIN])
    (queued,) = world.accepted.sent
    assert isinstance(given, Accepted)
    assert queued.attributes == {
        envelope.ID: given.id,
        envelope.ACCEPTED_AT: NOON.isoformat(),
        envelope.PRODUCER: "user|9",
    }


def test_the_accepted_are_queued_and_the_refused_are_told_why(world: World) -> None:
    results = house(world).intake.accept(ADMIN, [PLAIN, "{}", "nonsense", PLAIN])
    assert [isinstance(each, InvalidInput) for each in results] == [False, True, True, False]
    assert len(world.accepted.sent) == 2


@pytest.mark.parametrize(("size", "is_taken"), [(256, True), (257, False)])
def test_size_is_counted_in_bytes(world: World, size: int, *, is_taken: bool) -> None:
    frame = '{"notificationType":"modelDeleted","n":"%s"}'
    text = frame % ("é" + "x" * (size - len(frame)))
    (result,) = house(world, notification_bytes_max=256).intake.accept(ADMIN, [text])
    assert isinstance(result, TooLarge) is not is_taken
    assert len(world.accepted.sent) == is_taken


@pytest.mark.parametrize("character", ["\ud800", "\uffff", "\ufffe"])
def test_what_no_queue_carries_is_queued_as_an_escape(world: World, character: str) -> None:
    (result,) = house(world).intake.accept(ADMIN, [f'{{"notificationType":"modelDeleted","n":"{character}"}}'])
    (queued,) = world.accepted.sent
    assert not isinstance(result, PosthornError)
    assert character not in queued.text
    assert json.loads(queued.text)["n"] == character


@pytest.mark.parametrize(
    ("caller", "may"),
    [(ADMIN, True), (Caller("1", Role.USER), False), (Caller("1", Role.USER, rights=frozenset({Right.SEND})), True)],
)
def test_it_takes_an_admin_or_the_right(world: World, caller: Caller, *, may: bool) -> None:
    intake = house(world).intake
    if may:
        intake.accept(caller, [PLAIN])
    else:
        with pytest.raises(Forbidden):
            intake.accept(caller, [PLAIN])
    assert len(world.accepted.sent) == may


def test_a_queue_that_refuses_is_told(world: World) -> None:
    world.accepted.is_refusing = True
    with pytest.raises(Unavailable):
        house(world).intake.accept(ADMIN, [PLAIN])
