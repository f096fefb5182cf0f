"""A notification's id is unique among its producer's: nobody swallows, replaces or claims another's."""

from __future__ import annotations

import json

import pytest

from chalicelib.domain.directory.users import Caller, Role
from chalicelib.domain.errors import NotificationIdTaken
from chalicelib.intake.intake import Accepted
from chalicelib.intake.messages import ReceivedNotification
from testbed.fakes.service import FakeAdapters, service_on
from tests.domain.samples import NOON, at, webhook
from tests.fanout.fanning import handed_out, take_queued

ADA, BEN = Caller("ada", Role.ADMIN), Caller("ben", Role.ADMIN)
ROLE = "AROAEXAMPLE:one-session"


@pytest.fixture
def world() -> FakeAdapters:
    made = FakeAdapters()
    made.webhooks.create(webhook(1, is_global=True))
    return made


def text(name: str | None = "1", **members: object) -> str:
    given = {"notificationType": "modelDeleted", "actionBy": 1} | members
    return json.dumps(given if name is None else {"id": name} | given)


def raw(given: str, message_id: str = "m-1", sender_id: str = ROLE) -> ReceivedNotification:
    return ReceivedNotification(given, {}, message_id, NOON, sender_id)


def work(world: FakeAdapters) -> None:
    """The notify worker at all that is accepted."""
    for number, each in enumerate(take_queued(world)):
        service_on(world).fan_out.step(handed_out(each, f"a-{number}"))


def bodies(world: FakeAdapters) -> list[str]:
    return [each.attempt.body for each in world.deliveries.sent]


def test_two_producers_who_count_are_both_heard(world: FakeAdapters) -> None:
    service_on(world).api.intake.accept(ADA, [text("1", n="ada's")])
    service_on(world).api.intake.accept(BEN, [text("1", n="ben's")])
    work(world)
    service_on(world).fan_out.step(raw(text("1", n="a role's")))
    service_on(world).fan_out.step(raw(text("1", n="another's"), "m-2", "AIDAEXAMPLE"))
    assert len(bodies(world)) == 4
    assert len({each.attempt.delivery_id for each in world.deliveries.sent}) == 4
    assert len({each.attempt.record_id for each in world.deliveries.sent}) == 4
    assert {each.attempt.notification_id for each in world.deliveries.sent} == {"1"}, "receivers see the producer's own id"


def test_the_sessions_of_one_role_are_one_producer(world: FakeAdapters) -> None:
    for number, session in enumerate(("one", "two")):
        service_on(world).fan_out.step(raw(text(), f"m-{number}", f"AROAEXAMPLE:{session}"))
    assert len(bodies(world)) == 1


@pytest.mark.parametrize(("one", "other"), [("a|b", "a"), ("a", "a|b")])
def test_no_user_is_named_so_that_their_ids_are_anothers(world: FakeAdapters, one: str, other: str) -> None:
    for user, name in ((one, "c"), (other, "b|c")):
        [taken] = service_on(world).api.intake.accept(Caller(user, Role.ADMIN), [text(name)])
        assert isinstance(taken, Accepted)
    work(world)
    assert len(bodies(world)) == 2


def test_a_copy_over_https_is_answered_as_the_first_and_not_delivered_again(world: FakeAdapters) -> None:
    for _ in range(3):
        assert service_on(world).api.intake.accept(ADA, [text()]) == [Accepted("1", None)]
        work(world)
    assert len(bodies(world)) == 1


def test_another_notification_under_the_same_id_is_a_conflict(world: FakeAdapters) -> None:
    service_on(world).api.intake.accept(ADA, [text(n=1)])
    for _ in range(2):  # before the worker has looked at the first one, and after
        [refused] = service_on(world).api.intake.accept(ADA, [text(n=2)])
        assert isinstance(refused, NotificationIdTaken)
        assert refused.fields.keys() == {"id"}
        work(world)
    assert len(bodies(world)) == 1


def test_in_one_request_the_first_of_an_id_counts(world: FakeAdapters) -> None:
    results = service_on(world).api.intake.accept(ADA, [text(n=1), text(n=2), text(n=1), text(None)])
    assert [isinstance(each, NotificationIdTaken) for each in results] == [False, True, False, False]
    work(world)
    assert len(bodies(world)) == 2


def test_white_space_around_a_text_is_no_other_content(world: FakeAdapters) -> None:
    service_on(world).api.intake.accept(ADA, [text() + "\n"])
    assert service_on(world).api.intake.accept(ADA, [" " + text()]) == [Accepted("1", None)]


def test_on_the_queue_another_notification_under_the_same_id_is_refused_with_the_reason(world: FakeAdapters) -> None:
    service_on(world).fan_out.step(raw(text(n=1)))
    service_on(world).fan_out.step(raw(text(n=1), "m-2"))
    with pytest.raises(NotificationIdTaken, match="'1' is taken"):
        service_on(world).fan_out.step(raw(text(n=2), "m-3"))
    assert len(bodies(world)) == 1


def test_an_id_is_free_again_when_it_is_forgotten(world: FakeAdapters) -> None:
    service_on(world).api.intake.accept(ADA, [text(n=1)])
    world.clock.advance(24 * 3_600)
    assert service_on(world).api.intake.accept(ADA, [text(n=2)]) == [Accepted("1", None)]


def test_what_was_claimed_and_never_sent_is_sent_by_the_next_try(world: FakeAdapters) -> None:
    """The process died between the claim and the queue; the producer, who got no answer, tries again."""
    world.accepted.is_refusing = True
    with pytest.raises(Exception, match="refuses"):
        service_on(world).api.intake.accept(ADA, [text()])
    world.accepted.is_refusing = False
    service_on(world).api.intake.accept(ADA, [text()])
    world.clock.advance(180)
    work(world)
    assert len(bodies(world)) == 1


def test_a_notification_that_waits_for_its_worker_longer_than_its_lease_is_delivered_once(world: FakeAdapters) -> None:
    service_on(world).api.intake.accept(ADA, [text()])
    world.clock.advance(600)
    service_on(world).api.intake.accept(ADA, [text()])
    work(world)
    assert len(bodies(world)) == 1


@pytest.mark.parametrize("after_s", [60, 3_600])
def test_a_notification_that_is_put_off_is_nobody_elses_to_replace(world: FakeAdapters, after_s: float) -> None:
    later = at(after_s).isoformat()
    assert service_on(world).api.intake.accept(ADA, [text(n="ada's", deliverAt=later)]) == [Accepted("1", at(after_s))]
    service_on(world).api.intake.accept(BEN, [text(n="ben's", deliverAt=later)])
    [refused] = service_on(world).api.intake.accept(ADA, [text(n="other", deliverAt=later)])
    assert isinstance(refused, NotificationIdTaken)
    work(world)
    world.clock.advance(after_s)
    service_on(world).deferral.sweep()
    work(world)
    assert sorted("ada's" in each for each in bodies(world)) == [False, True]


def test_an_id_that_is_put_off_is_kept_until_its_time(world: FakeAdapters) -> None:
    later = at(10 * 86_400).isoformat()
    service_on(world).api.intake.accept(ADA, [text(n=1, deliverAt=later)])
    world.clock.advance(9 * 86_400)
    [refused] = service_on(world).api.intake.accept(ADA, [text(n=2, deliverAt=later)])
    assert isinstance(refused, NotificationIdTaken)


def test_two_that_are_put_off_on_the_queue_under_one_id_are_told_apart_at_their_time(world: FakeAdapters) -> None:
    later = at(3_600).isoformat()
    for number in (1, 2):
        service_on(world).fan_out.step(raw(text(n=number, deliverAt=later), f"m-{number}"))
    world.clock.advance(3_600)
    service_on(world).deferral.sweep()
    first, second = take_queued(world)
    service_on(world).fan_out.step(handed_out(first, "a-1"))
    with pytest.raises(NotificationIdTaken):
        service_on(world).fan_out.step(handed_out(second, "a-2"))


def test_a_recovery_of_what_is_missing_finds_the_deliveries_of_each_producer(world: FakeAdapters) -> None:
    for caller in (ADA, BEN):
        service_on(world).api.intake.accept(caller, [text()])
    work(world)
    held, _ = world.held.kept(at(-60), at(60), None, 10)
    assert sorted(each.producer for each in held) == ["user|ada", "user|ben"]
