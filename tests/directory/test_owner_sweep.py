"""The walk through all webhooks, for what contradicts the directory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pytest

from chalicelib.background.tasks import FollowOwner
from chalicelib.domain.directory.audit import POSTHORN, AuditAction
from chalicelib.domain.directory.users import Caller, Role
from testbed.fakes.people import person, put, settle
from testbed.fakes.service import FakeAdapters, service_on
from tests.domain.samples import webhook

if TYPE_CHECKING:
    from chalicelib.domain.directory.users import User
    from chalicelib.domain.webhooks.webhook import Webhook
    from testbed.fakes.service import Service

ANN: Final = Caller("1", Role.USER, ("ops",))
HOUR_S: Final = 3_600


@pytest.fixture
def world() -> FakeAdapters:
    made = FakeAdapters()
    settle(made, ANN)
    return made


def made(world: FakeAdapters, number: int = 1, **changes: Any) -> Webhook:  # noqa: ANN401 - any member of it
    """A webhook that is as its owner allows it, but for the changes."""
    own = webhook(number, **{"owner_id": "1", "groups": ("ops",), **changes})
    world.webhooks.create(own)
    return own


def swept(world: FakeAdapters, rooms: Service | None = None) -> int:
    """One minute's look, and what follows in the background."""
    rooms = rooms or service_on(world)
    noted = rooms.owner_sweep.sweep()
    while tasks := [each for each in world.background.sent if isinstance(each.work, FollowOwner)]:
        world.background.sent.remove(tasks[0])
        assert isinstance(tasks[0].work, FollowOwner)
        rooms.owners.step(tasks[0].work)
    return noted


CONTRADICTIONS: Final[dict[str, tuple[User | None, dict[str, Any], str]]] = {
    "its owner does not exist": (None, {}, "Its owner was deleted."),
    "its owner is another user of the same id": (
        person(ANN, incarnation="inc_2"),
        {"owner_incarnation": "inc_1"},
        "Its owner was deleted.",
    ),
    "its owner is suspended": (person(ANN, is_enabled=False), {}, "Its owner is suspended."),
    "it is global without an admin": (
        person(ANN),
        {"is_global": True},
        "It is global, and its owner is not an admin any more.",
    ),
}


@pytest.mark.parametrize("contradiction", CONTRADICTIONS)
def test_a_webhook_that_its_owner_may_not_have_is_disabled_with_an_audit_line(contradiction: str) -> None:
    owner, changes, reason = CONTRADICTIONS[contradiction]
    world = FakeAdapters()
    if owner is not None:
        put(world, owner)
    wrong = made(world, **changes)
    assert swept(world) == 1
    kept = world.webhooks.get(wrong.id)
    assert kept is not None
    assert (kept.is_live, kept.disabled_reason) == (False, reason)
    lines = [each for each in world.audit.lines if each.webhook_id == wrong.id]
    assert [(each.actor, each.action) for each in lines] == [(POSTHORN, AuditAction.WEBHOOK_DISABLED)]


def test_groups_that_are_not_the_owners_become_the_owners(world: FakeAdapters) -> None:
    wrong = made(world, groups=("dev",))
    assert swept(world) == 1
    kept = world.webhooks.get(wrong.id)
    assert kept is not None
    assert (kept.groups, kept.is_live) == (("ops",), True)


def test_what_is_as_it_should_be_is_left_alone(world: FakeAdapters) -> None:
    right = made(world)
    paused = made(world, 2, is_enabled=False)
    assert swept(world) == 0
    assert world.webhooks.get_many([right.id, paused.id]) == {right.id: right, paused.id: paused}


def test_a_round_takes_some_each_minute_and_the_next_one_begins_hours_later(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms = service_on(world, owner_sweep_webhooks_max=2, owner_sweep_hours=6)
    page = world.webhooks.page
    asked: list[str | None] = []

    def noting(owner_id: str | None, after: str | None, limit: int) -> list[Webhook]:
        asked.append(after)
        return page(owner_id, after, limit)

    monkeypatch.setattr(world.webhooks, "page", noting)
    ids = [made(world, number).id for number in range(1, 6)]
    for _ in range(5):
        swept(world, rooms)
        world.clock.advance(60)
    assert asked == [None, ids[1], ids[3]]
    world.clock.advance(6 * HOUR_S)
    swept(world, rooms)
    assert asked[3:] == [None]


def test_a_wrong_count_is_corrected(world: FakeAdapters) -> None:
    rooms = service_on(world, webhooks_per_user_max=2)
    made(world)
    world.webhooks.counts["1"] = (7, world.clock.now())
    world.clock.advance(HOUR_S)
    swept(world, rooms)
    assert world.webhooks.counts["1"][0] == 1


def test_a_count_that_was_changed_a_moment_ago_is_left(world: FakeAdapters) -> None:
    made(world)
    world.webhooks.counts["1"] = (7, world.clock.now())
    world.clock.advance(60)
    swept(world)
    assert world.webhooks.counts["1"][0] == 7


def test_a_user_who_is_deleted_meanwhile_loses_their_webhooks_all_the_same(world: FakeAdapters) -> None:
    """The sweep's note does not take the place of the deletion's."""
    made(world, groups=("dev",))
    world.directory.delete_user("1", world.clock.now(), "9")
    world.clock.advance(1)
    swept(world)
    assert world.webhooks.page(None, None, 9) == []


def test_a_webhook_that_an_older_release_wrote_is_given_its_owners_incarnation(world: FakeAdapters) -> None:
    """Also one that it wrote again, and whose incarnation it did not know to keep."""
    put(world, person(ANN, incarnation="inc_1"))
    old = made(world)
    assert swept(world) == 1
    world.clock.advance(7 * HOUR_S)
    assert swept(world) == 0
    kept = world.webhooks.get(old.id)
    assert kept is not None
    assert (kept.owner_incarnation, kept.is_live) == ("inc_1", True)


def test_an_owner_whose_change_is_under_way_is_followed_once_more(world: FakeAdapters) -> None:
    made(world, groups=("dev",))
    world.directory.put_user(replace(person(ANN), groups=("qa",), updated_at=world.clock.now()))
    assert swept(world) == 1
    assert world.directory.owner_note("1") is None


def test_a_round_goes_on_after_the_last_webhook_that_was_looked_at(world: FakeAdapters) -> None:
    for number in range(5):
        world.webhooks.create(webhook(number))
    service_on(world, owner_sweep_webhooks_max=3).owner_sweep.sweep()
    place = world.webhooks.sweep_place()
    assert place is not None
    assert place.after == webhook(2).id
