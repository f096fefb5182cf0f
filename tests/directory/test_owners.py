"""What becomes of a user's webhooks in the background, when the user is changed or deleted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.background.tasks import FollowOwner, PurgeHistory, Task
from chalicelib.directory.owners import LOOK_AGAIN_S
from chalicelib.domain.delivery import signing
from chalicelib.domain.delivery.hops import Hops
from chalicelib.domain.directory.audit import POSTHORN, AuditAction
from chalicelib.domain.directory.users import Caller, Role
from chalicelib.domain.errors import Forbidden, InvalidInput, NotAuthenticated, WebhookNotFound
from chalicelib.domain.notifications.matching import Subscription
from chalicelib.webhooks.edits import WebhookEdit
from chalicelib.webhooks.removal import WebhookRemoval
from chalicelib.webhooks.service import WebhookDraft
from testbed.fakes.people import person, put, settle
from testbed.fakes.service import FakeAdapters, service_on
from tests.domain.samples import NOON, at, webhook

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.domain.directory.users import User
    from chalicelib.domain.webhooks.webhook import Webhook
    from testbed.fakes.service import Service

ANN, ADMIN = Caller("1", Role.USER), Caller("9", Role.ADMIN)
DRAFT = WebhookDraft({"url": "https://receiver.example/hook", "name": "Mine", "notification_types": ("ALL_NOTIFICATIONS",)})


@pytest.fixture
def world() -> FakeAdapters:
    return FakeAdapters()


@pytest.fixture
def rooms(world: FakeAdapters) -> Service:
    return service_on(world)


def _put(rooms: Service, *groups: str, role: Role = Role.USER) -> None:
    rooms.api.directory.put_user(ADMIN, "1", name="Ann", role=role, groups=groups)


def _own(world: FakeAdapters, count: int) -> None:
    for number in range(1, count + 1):
        world.webhooks.create(webhook(number, owner_id="1"))


def _steps(rooms: Service, world: FakeAdapters) -> int:
    """Do all that waits on the queue, and what that puts back, each at its time; how many steps that were."""
    steps = 0
    while tasks := [each for each in world.background.sent if isinstance(each.work, FollowOwner)]:
        world.background.sent.remove(tasks[0])
        world.clock.advance(tasks[0].delay_s)
        assert isinstance(tasks[0].work, FollowOwner)
        rooms.owners.step(tasks[0].work, tasks[0].hops)
        steps += 1
    return steps


def _listed(world: FakeAdapters, group: str) -> list[str]:
    return world.webhooks.matching(Subscription(f"group:{group}", "ALL_NOTIFICATIONS"), None, 9)


def test_a_change_of_groups_moves_the_subscriptions(world: FakeAdapters, rooms: Service) -> None:
    _put(rooms, "ops", "dev")
    _own(world, 1)
    world.webhooks.create(webhook(2, owner_id="2"))
    _steps(rooms, world)
    _put(rooms, "dev", "qa", "qa")
    _steps(rooms, world)
    mine = webhook(1).id
    assert [_listed(world, group) for group in ("ops", "dev", "qa")] == [[], [mine], [mine]]


def test_a_global_webhook_of_one_who_is_no_admin_any_more_is_disabled(world: FakeAdapters, rooms: Service) -> None:
    _put(rooms, role=Role.ADMIN)
    world.webhooks.create(webhook(1, owner_id="1", is_global=True))
    _put(rooms)
    _steps(rooms, world)
    kept = world.webhooks.get(webhook(1).id)
    assert kept is not None
    assert not kept.is_live


def test_private_networks_are_closed_to_one_who_is_no_admin_any_more(world: FakeAdapters, rooms: Service) -> None:
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
    world: FakeAdapters, rooms: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    _own(world, 1)
    refusals = iter([False, False])
    update = world.webhooks.update
    monkeypatch.setattr(world.webhooks, "update", lambda *given: next(refusals, True) and update(*given))
    _put(rooms, "ops")
    _steps(rooms, world)
    kept = world.webhooks.get(webhook(1).id)
    assert kept is not None
    assert kept.groups == ("ops",)


def test_a_deleted_users_webhooks_go_with_their_histories(world: FakeAdapters, rooms: Service) -> None:
    _put(rooms)
    _own(world, 3)
    world.webhooks.create(webhook(4, owner_id="2"))
    world.clock.advance(1)
    rooms.api.directory.delete_user(ADMIN, "1")
    _steps(rooms, world)
    assert [each.owner_id for each in world.webhooks.page(None, None, 9)] == ["2"]
    assert len(world.background.work(PurgeHistory)) == 3
    assert {each.actor for each in world.audit.lines if each.webhook_id} == {"9"}
    assert world.directory.owner_note("1") is None


def test_thousands_go_in_steps_each_of_which_ends_in_time(
    world: FakeAdapters, rooms: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each page of 50 takes 15 s here, so that a step has two of them."""
    _put(rooms)
    _own(world, 500)
    world.clock.advance(1)
    rooms.api.directory.delete_user(ADMIN, "1")
    remove = WebhookRemoval.remove
    monkeypatch.setattr(
        WebhookRemoval, "remove", lambda *given: (remove(*given), world.clock.advance(14) if given[2] else None)
    )
    steps = _steps(rooms, world)
    assert world.webhooks.page(None, None, 9) == []
    assert steps >= 5


def test_one_that_the_index_did_not_have_yet_is_found_by_the_second_look(
    world: FakeAdapters, rooms: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(rooms)
    _own(world, 1)
    world.clock.advance(1)
    page, lag_ends = world.webhooks.page, at(60)

    def lagging(owner_id: str | None, after: str | None, limit: int) -> list[Webhook]:
        return page(owner_id, after, limit) if world.clock.now() > lag_ends else []

    monkeypatch.setattr(world.webhooks, "page", lagging)
    rooms.api.directory.delete_user(ADMIN, "1")
    assert _steps(rooms, world) >= 2
    assert page(None, None, 9) == []


def test_a_new_user_of_the_same_id_keeps_their_own_and_loses_the_others(world: FakeAdapters, rooms: Service) -> None:
    _put(rooms)
    _own(world, 1)
    world.clock.advance(1)
    rooms.api.directory.delete_user(ADMIN, "1")
    world.clock.advance(1)
    _put(rooms, "ops")
    world.webhooks.create(webhook(2, owner_id="1", created_at=world.clock.now()))
    _steps(rooms, world)
    (kept,) = world.webhooks.page(None, None, 9)
    assert (kept.id, kept.groups) == (webhook(2).id, ("ops",))


def test_what_a_dead_process_left_behind_is_taken_up_once(world: FakeAdapters, rooms: Service) -> None:
    _put(rooms)
    _own(world, 2)
    world.clock.advance(1)
    rooms.api.directory.delete_user(ADMIN, "1")
    world.background.sent.clear()
    assert rooms.owners.resume() == 0
    world.clock.advance(LOOK_AGAIN_S + 181)
    assert (rooms.owners.resume(), rooms.owners.resume()) == (1, 0)
    _steps(rooms, world)
    assert world.webhooks.page(None, None, 9) == []


def test_a_task_of_an_earlier_change_does_nothing(world: FakeAdapters, rooms: Service) -> None:
    _put(rooms, "ops")
    earlier = world.background.sent.pop().work
    world.clock.advance(1)
    _put(rooms, "dev")
    world.background.sent.clear()
    _own(world, 1)
    assert isinstance(earlier, FollowOwner)
    rooms.owners.step(earlier)
    assert (_listed(world, "ops"), _listed(world, "dev"), world.background.sent) == ([], [], [])


def test_doing_a_step_twice_is_doing_it_once(world: FakeAdapters, rooms: Service) -> None:
    _put(rooms, "ops")
    _own(world, 2)
    work = world.background.sent[-1].work
    assert isinstance(work, FollowOwner)
    rooms.owners.step(work)
    rooms.owners.step(work)
    _steps(rooms, world)
    assert _listed(world, "ops") == [webhook(1).id, webhook(2).id]
    assert world.directory.owner_note("1") is None


def test_what_goes_back_on_the_queue_counts_its_hops(world: FakeAdapters, rooms: Service) -> None:
    _put(rooms)
    work = world.background.sent.pop().work
    assert isinstance(work, FollowOwner)
    rooms.owners.step(work, Hops(3, NOON))
    assert [each.hops for each in world.background.sent] == [Hops(4, NOON)]


def test_nothing_is_made_with_the_key_of_one_who_is_deleted_meanwhile(
    world: FakeAdapters, rooms: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(rooms)
    create = world.webhooks.create

    def delete_first(made: Webhook, *given: Any) -> bool:  # noqa: ANN401 - the port's
        world.directory.delete_user("1", NOON - timedelta(seconds=1), "9")
        return create(made, *given)

    monkeypatch.setattr(world.webhooks, "create", delete_first)
    with pytest.raises(NotAuthenticated):
        rooms.api.webhooks.create(ANN, [DRAFT])
    assert world.webhooks.page(None, None, 9) == []


# ── Who is suspended, demoted, made again ──────────────────────────────────────────────────────────────────────────────


def _change(world: FakeAdapters, rooms: Service, user: User) -> None:
    """As a change by an admin: the user with a note, and what follows."""
    world.clock.advance(1)
    known = world.directory.user(user.id)
    assert known is not None
    assert world.directory.put_user(replace(user, updated_at=world.clock.now(), version=known.version + 1))
    world.background.send([Task(FollowOwner(user.id, world.clock.now()))])
    _steps(rooms, world)


def _reasons(world: FakeAdapters) -> dict[int, tuple[bool, str | None]]:
    kept = world.webhooks.page("1", None, 9)
    return {number: (each.is_enabled, each.disabled_reason) for number, each in enumerate(kept, 1)}


def test_a_suspended_users_webhooks_are_called_no_more_and_only_they_are_called_again(
    world: FakeAdapters, rooms: Service
) -> None:
    ann = person(ANN)
    put(world, ann)
    world.webhooks.create(webhook(1, owner_id="1"))
    world.webhooks.create(webhook(2, owner_id="1", is_enabled=False))
    world.webhooks.create(webhook(3, owner_id="1", disabled_reason="It is gone."))
    before = _reasons(world)
    _change(world, rooms, replace(ann, is_enabled=False))
    assert _reasons(world) == before | {1: (True, "Its owner is suspended.")}
    _change(world, rooms, ann)
    assert _reasons(world) == before
    audited = [(each.actor, each.action) for each in world.audit.lines if each.webhook_id == webhook(1).id]
    assert audited == [(POSTHORN, AuditAction.WEBHOOK_DISABLED), (POSTHORN, AuditAction.WEBHOOK_ENABLED)]


def test_who_is_demoted_while_suspended_does_not_get_a_global_webhook_back(world: FakeAdapters, rooms: Service) -> None:
    ann = person(ANN, role=Role.ADMIN)
    put(world, ann)
    world.webhooks.create(webhook(1, owner_id="1", is_global=True))
    _change(world, rooms, replace(ann, is_enabled=False))
    _change(world, rooms, replace(ann, role=Role.USER))
    assert _reasons(world) == {1: (True, "It is global, and its owner is not an admin any more.")}


def test_a_user_made_again_under_the_same_id_inherits_nothing(world: FakeAdapters, rooms: Service) -> None:
    put(world, person(ANN, incarnation="inc_1"))
    world.webhooks.create(webhook(1, owner_id="1", owner_incarnation="inc_1"))
    world.directory.delete_user("1", world.clock.advance(1), "9")
    since = world.clock.now()
    world.directory.put_user(person(ANN, incarnation="inc_2", created_at=since, updated_at=since))
    world.webhooks.create(webhook(2, owner_id="1", owner_incarnation="inc_2", created_at=NOON - timedelta(days=1)))
    world.background.send([Task(FollowOwner("1", since))])
    _steps(rooms, world)
    assert [each.id for each in world.webhooks.page(None, None, 9)] == [webhook(2).id], "whatever a clock said"


def test_what_an_owner_was_a_moment_ago_is_not_written_over_what_they_are(world: FakeAdapters, rooms: Service) -> None:
    """A follow-up has read an owner who is enabled, stops, and goes on when the owner is suspended."""
    ann = person(ANN)
    put(world, replace(ann, is_enabled=False))
    suspended = webhook(1, owner_id="1", disabled_reason="Its owner is suspended.")
    world.webhooks.create(suspended)
    rooms.owners.bring_in_step(suspended, ann)
    assert world.webhooks.get(suspended.id) == suspended


# ── Requests whose key is remembered while its user changes ────────────────────────────────────────────────────────────

BOSS = Caller("1", Role.ADMIN)
GLOBAL = WebhookDraft({**DRAFT.values, "is_global": True})


def _before(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch, operation: str, user: User | None) -> None:
    """The user is changed, or deleted, just before the store's next such write."""
    write = getattr(world.webhooks, operation)

    def first(*given: Any) -> Any:  # noqa: ANN401 - the port's
        monkeypatch.setattr(world.webhooks, operation, write)
        if user is None:
            world.directory.delete_user("1", world.clock.now(), "9")
        else:
            put(world, user)
        return write(*given)

    monkeypatch.setattr(world.webhooks, operation, first)


def test_a_demoted_admin_makes_no_global_webhook(
    world: FakeAdapters, rooms: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(world, person(BOSS))
    _before(world, monkeypatch, "create", person(BOSS, role=Role.USER))
    refused, made = rooms.api.webhooks.create(BOSS, [GLOBAL, DRAFT])
    assert isinstance(refused, Forbidden)
    assert [each.id for each in world.webhooks.page(None, None, 9)] == [getattr(made, "id", None)]


def test_a_key_from_before_the_demotion_makes_no_global_webhook(world: FakeAdapters, rooms: Service) -> None:
    put(world, person(BOSS, role=Role.USER))
    [refused] = rooms.api.webhooks.create(BOSS, [GLOBAL])
    assert isinstance(refused, Forbidden)


def test_a_demoted_admin_enables_no_global_webhook(
    world: FakeAdapters, rooms: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(world, person(BOSS))
    idle = webhook(1, owner_id="1", is_global=True, is_enabled=False)
    world.webhooks.create(idle)
    _before(world, monkeypatch, "update", person(BOSS, role=Role.USER))
    with pytest.raises(Forbidden):
        rooms.api.editor.edit(BOSS, idle.id, WebhookEdit({"is_enabled": True}), None)
    assert world.webhooks.get(idle.id) == idle


@pytest.mark.parametrize("user", [None, person(ANN, is_enabled=False)], ids=["gone", "suspended"])
def test_a_key_of_one_who_is_gone_or_suspended_makes_changes_and_deletes_nothing(
    world: FakeAdapters, rooms: Service, user: User | None
) -> None:
    mine = webhook(1, owner_id="1")
    world.webhooks.create(mine)
    if user is not None:
        put(world, user)
    acts: list[Callable[[], object]] = [
        lambda: rooms.api.webhooks.create(ANN, [DRAFT]),
        lambda: rooms.api.editor.edit(ANN, mine.id, WebhookEdit({"name": "New"}), None),
        lambda: rooms.api.editor.rotate(ANN, mine.id, 0),
        lambda: rooms.api.webhooks.delete(ANN, mine.id),
    ]
    for act in acts:
        with pytest.raises(NotAuthenticated):
            act()
    assert world.webhooks.page(None, None, 9) == [mine]


def test_a_new_member_is_given_the_groups_of_the_moment(
    world: FakeAdapters, rooms: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(world, person(ANN))
    _before(world, monkeypatch, "create", person(ANN, groups=("ops",)))
    rooms.api.webhooks.create(ANN, [DRAFT])
    assert len(_listed(world, "ops")) == 1


def test_the_key_of_a_new_user_does_not_open_what_an_earlier_one_left(world: FakeAdapters, rooms: Service) -> None:
    left = webhook(1, owner_id="1", owner_incarnation="inc_1")
    world.webhooks.create(left)
    put(world, person(ANN, incarnation="inc_2"))
    with pytest.raises(WebhookNotFound):
        rooms.api.editor.edit(ANN, left.id, WebhookEdit({"name": "Mine now"}), None)
    with pytest.raises(WebhookNotFound):
        rooms.api.editor.rotate(ANN, left.id, 0)
    assert world.webhooks.get(left.id) == left


@pytest.mark.parametrize(
    "owner", [None, person(ANN, is_enabled=False), person(ANN)], ids=["gone", "suspended", "no admin any more"]
)
def test_an_admin_may_pause_and_not_resume_what_its_owner_may_not_have(
    world: FakeAdapters, rooms: Service, owner: User | None
) -> None:
    settle(world, ADMIN)
    if owner is not None:
        put(world, owner)
    wrong = webhook(1, owner_id="1", is_global=True)
    world.webhooks.create(wrong)
    rooms.api.editor.edit(ADMIN, wrong.id, WebhookEdit({"is_enabled": False}), None)
    with pytest.raises(Forbidden, match="owner"):
        rooms.api.editor.edit(ADMIN, wrong.id, WebhookEdit({"is_enabled": True}), None)


def test_a_demoted_admin_changes_and_deletes_nobody_elses(world: FakeAdapters, rooms: Service) -> None:
    put(world, person(ANN))
    put(world, person(ADMIN, role=Role.USER))
    hers = webhook(1, owner_id="1")
    world.webhooks.create(hers)
    with pytest.raises(Forbidden):
        rooms.api.editor.edit(ADMIN, hers.id, WebhookEdit({"is_enabled": False}), None)
    with pytest.raises(Forbidden):
        rooms.api.webhooks.delete(ADMIN, hers.id)
    assert world.webhooks.get(hers.id) == hers


def test_no_type_is_added_or_deleted_with_the_key_of_one_who_is_no_admin_any_more(
    world: FakeAdapters, rooms: Service
) -> None:
    put(world, person(ADMIN))
    rooms.api.notification_types.put(ADMIN, "orderShipped", template=None, description=None, schema=None)
    put(world, person(ADMIN, role=Role.USER))
    with pytest.raises(Forbidden):
        rooms.api.notification_types.put(ADMIN, "orderLost", template=None, description=None, schema=None)
    with pytest.raises(Forbidden):
        rooms.api.notification_types.delete(ADMIN, "orderShipped")
    assert [each.name for each in world.notification_types.page(None, 9)] == ["orderShipped"]


def test_two_rotations_at_once_keep_to_the_limit_of_live_secrets(
    world: FakeAdapters, rooms: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one finds another version, and decides again by what the first one has left."""
    put(world, person(ANN))
    secrets = tuple(signing.new_secret(bytes([number] * 32)) for number in range(9))
    mine = webhook(1, owner_id="1", secrets=secrets)
    world.webhooks.create(mine)
    update = world.webhooks.update

    def after_another(*given: Any) -> bool:  # noqa: ANN401 - the port's
        monkeypatch.setattr(world.webhooks, "update", update)
        rooms.api.editor.rotate(ANN, mine.id, 60)
        return update(*given)

    monkeypatch.setattr(world.webhooks, "update", after_another)
    with pytest.raises(InvalidInput, match="still sign"):
        rooms.api.editor.rotate(ANN, mine.id, 60)
