"""What becomes of a user's webhooks in the background, when the user is changed or deleted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.directory import Caller, Role
from chalicelib.domain.errors import NotAuthenticated
from chalicelib.domain.hops import Hops
from chalicelib.domain.matching import Subscription
from chalicelib.services.owners import LOOK_AGAIN_S
from chalicelib.services.tasks import FollowOwner, PurgeHistory
from chalicelib.services.webhooks import WebhookDraft
from tests.domain.samples import NOON, at, webhook
from tests.fakes.house import World, house

if TYPE_CHECKING:
    from chalicelib.bootstrap import House
    from chalicelib.domain.webhook import Webhook

ANN, ADMIN = Caller("1", Role.USER), Caller("9", Role.ADMIN)
DRAFT = WebhookDraft(url="https://receiver.example/hook", name="Mine", notification_types=("ALL_NOTIFICATIONS",))


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def rooms(world: World) -> House:
    return house(world)


def _put(rooms: House, *groups: str, role: Role = Role.USER) -> None:
    rooms.directory.put_user(ADMIN, "1", name="Ann", role=role, groups=groups)


def _own(world: World, count: int) -> None:
    for number in range(1, count + 1):
        world.webhooks.create(webhook(number, owner_id="1"))


def _steps(rooms: House, world: World) -> int:
    """Do all that waits on the queue, and what that puts back, each at its time; how many steps that were."""
    steps = 0
    while tasks := [each for each in world.background.sent if isinstance(each.work, FollowOwner)]:
        world.background.sent.remove(tasks[0])
        world.clock.advance(tasks[0].delay_s)
        assert isinstance(tasks[0].work, FollowOwner)
        rooms.owners.step(tasks[0].work, tasks[0].hops)
        steps += 1
    return steps


def _listed(world: World, group: str) -> list[str]:
    return world.webhooks.matching(Subscription(f"group:{group}", "ALL_NOTIFICATIONS"), None, 9)


def test_a_change_of_groups_moves_the_subscriptions(world: World, rooms: House) -> None:
    _put(rooms, "ops", "dev")
    _own(world, 1)
    world.webhooks.create(webhook(2, owner_id="2"))
    _steps(rooms, world)
    _put(rooms, "dev", "qa", "qa")
    _steps(rooms, world)
    mine = webhook(1).id
    assert [_listed(world, group) for group in ("ops", "dev", "qa")] == [[], [mine], [mine]]


def test_a_global_webhook_of_one_who_is_no_admin_any_more_is_disabled(world: World, rooms: House) -> None:
    _put(rooms, role=Role.ADMIN)
    world.webhooks.create(webhook(1, owner_id="1", is_global=True))
    _put(rooms)
    _steps(rooms, world)
    kept = world.webhooks.get(webhook(1).id)
    assert kept is not None
    assert not kept.is_live


def test_private_networks_are_closed_to_one_who_is_no_admin_any_more(world: World, rooms: House) -> None:
    _put(rooms, role=Role.ADMIN)
    world.webhooks.create(webhook(1, owner_id="1", may_reach_private=True))
    _put(rooms, "ops", role=Role.ADMIN)
    _steps(rooms, world)
    before = world.webhooks.get(webhook(1).id)
    _put(rooms, "ops")
    _steps(rooms, world)
    after = world.webhooks.get(webhook(1).id)
    assert before is not None
    assert after is not None
    assert (before.may_reach_private, after.may_reach_private, after.is_live) == (True, False, True)


def test_groups_win_against_an_owner_who_changes_the_webhook_meanwhile(
    world: World, rooms: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    _own(world, 1)
    refusals = iter([False, False])
    update = world.webhooks.update
    monkeypatch.setattr(world.webhooks, "update", lambda old, new: next(refusals, True) and update(old, new))
    _put(rooms, "ops")
    _steps(rooms, world)
    kept = world.webhooks.get(webhook(1).id)
    assert kept is not None
    assert kept.groups == ("ops",)


def test_a_deleted_users_webhooks_go_with_their_histories(world: World, rooms: House) -> None:
    _put(rooms)
    _own(world, 3)
    world.webhooks.create(webhook(4, owner_id="2"))
    world.clock.advance(1)
    rooms.directory.delete_user(ADMIN, "1")
    _steps(rooms, world)
    assert [each.owner_id for each in world.webhooks.page(None, None, 9)] == ["2"]
    assert len(world.background.work(PurgeHistory)) == 3
    assert {each.actor for each in world.audit.lines if each.webhook_id} == {"9"}
    assert world.directory.owner_note("1") is None


def test_thousands_go_in_steps_each_of_which_ends_in_time(
    world: World, rooms: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each page of 50 takes 15 s here, so that a step has two of them."""
    _put(rooms)
    _own(world, 500)
    world.clock.advance(1)
    rooms.directory.delete_user(ADMIN, "1")
    remove = type(rooms.webhooks).remove
    monkeypatch.setattr(
        type(rooms.webhooks), "remove", lambda *given: (remove(*given), world.clock.advance(14) if given[2] else None)
    )
    steps = _steps(rooms, world)
    assert world.webhooks.page(None, None, 9) == []
    assert steps >= 5


def test_one_that_the_index_did_not_have_yet_is_found_by_the_second_look(
    world: World, rooms: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(rooms)
    _own(world, 1)
    world.clock.advance(1)
    page, lag_ends = world.webhooks.page, at(60)

    def lagging(owner_id: str | None, after: str | None, limit: int) -> list[Webhook]:
        return page(owner_id, after, limit) if world.clock.now() > lag_ends else []

    monkeypatch.setattr(world.webhooks, "page", lagging)
    rooms.directory.delete_user(ADMIN, "1")
    assert _steps(rooms, world) >= 2
    assert page(None, None, 9) == []


def test_a_new_user_of_the_same_id_keeps_their_own_and_loses_the_others(world: World, rooms: House) -> None:
    _put(rooms)
    _own(world, 1)
    world.clock.advance(1)
    rooms.directory.delete_user(ADMIN, "1")
    world.clock.advance(1)
    _put(rooms, "ops")
    world.webhooks.create(webhook(2, owner_id="1", created_at=world.clock.now()))
    _steps(rooms, world)
    (kept,) = world.webhooks.page(None, None, 9)
    assert (kept.id, kept.groups) == (webhook(2).id, ("ops",))


def test_what_a_dead_process_left_behind_is_taken_up_once(world: World, rooms: House) -> None:
    _put(rooms)
    _own(world, 2)
    world.clock.advance(1)
    rooms.directory.delete_user(ADMIN, "1")
    world.background.sent.clear()
    assert rooms.owners.resume() == 0
    world.clock.advance(LOOK_AGAIN_S + 181)
    assert (rooms.owners.resume(), rooms.owners.resume()) == (1, 0)
    _steps(rooms, world)
    assert world.webhooks.page(None, None, 9) == []


def test_a_task_of_an_earlier_change_does_nothing(world: World, rooms: House) -> None:
    _put(rooms, "ops")
    earlier = world.background.sent.pop().work
    world.clock.advance(1)
    _put(rooms, "dev")
    world.background.sent.clear()
    _own(world, 1)
    assert isinstance(earlier, FollowOwner)
    rooms.owners.step(earlier)
    assert (_listed(world, "ops"), _listed(world, "dev"), world.background.sent) == ([], [], [])


def test_doing_a_step_twice_is_doing_it_once(world: World, rooms: House) -> None:
    _put(rooms, "ops")
    _own(world, 2)
    work = world.background.sent[-1].work
    assert isinstance(work, FollowOwner)
    rooms.owners.step(work)
    rooms.owners.step(work)
    _steps(rooms, world)
    assert _listed(world, "ops") == [webhook(1).id, webhook(2).id]
    assert world.directory.owner_note("1") is None


def test_what_goes_back_on_the_queue_counts_its_hops(world: World, rooms: House) -> None:
    _put(rooms)
    work = world.background.sent.pop().work
    assert isinstance(work, FollowOwner)
    rooms.owners.step(work, Hops(3, NOON))
    assert [each.hops for each in world.background.sent] == [Hops(4, NOON)]


def test_nothing_is_made_with_the_key_of_one_who_is_deleted_meanwhile(
    world: World, rooms: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(rooms)
    create = world.webhooks.create

    def delete_first(made: Webhook) -> None:
        world.directory.delete_user("1", NOON - timedelta(seconds=1), "9")
        create(made)

    monkeypatch.setattr(world.webhooks, "create", delete_first)
    with pytest.raises(NotAuthenticated):
        rooms.webhooks.create(ANN, [DRAFT])
    assert world.webhooks.page(None, None, 9) == []
