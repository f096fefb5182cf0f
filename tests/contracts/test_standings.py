"""What is written on a person's behalf, and the counts that are kept with it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from chalicelib.domain.directory.preconditions import Standing, StandingLost
from chalicelib.domain.directory.users import Role, User
from chalicelib.domain.notifications.catalogue import CatalogueEntry
from chalicelib.domain.notifications.matching import Subscription
from chalicelib.intake.ports import Added
from chalicelib.webhooks.ports import SweepPlace
from testbed import samples
from tests.contracts.engines import World, aws_world
from tests.contracts.test_races import before_first

if TYPE_CHECKING:
    from collections.abc import Callable

    from testbed.engines.provisioning import Clients

OWNER: Final = replace(samples.user(), id="u1", role=Role.USER, groups=("g1",), incarnation="inc_1")
AS_READ: Final = Standing.as_read(OWNER)
ROW: Final = Subscription("group:g1", "modelCreated")
LATER: Final = samples.AT + timedelta(hours=1)
A_TYPE: Final = CatalogueEntry(name="orderShipped", template="{subject}", is_custom=True)

CHANGES: Final[dict[str, User]] = {
    "another incarnation": replace(OWNER, incarnation="inc_2"),
    "an incarnation from before": replace(OWNER, incarnation=""),
    "another role": replace(OWNER, role=Role.ADMIN),
    "suspended": replace(OWNER, is_enabled=False),
    "other groups": replace(OWNER, groups=("g1", "g2")),
    "no groups": replace(OWNER, groups=()),
}


def change_user(world: World, user: User) -> None:
    """What a request of an admin's does: a change, or a deletion and another user of that id."""
    if user.incarnation != OWNER.incarnation:
        world.directory.delete_user(user.id, samples.AT, "admin")
        assert world.directory.put_user(user)
    else:
        assert world.directory.put_user(replace(user, version=2))


def made(world: World, **changes: Any) -> Any:  # noqa: ANN401 - any member of it
    webhook = samples.webhook(**changes)
    assert world.webhooks.create(webhook, (), 10)
    return webhook


def test_a_webhook_is_made_for_one_who_is_as_they_were_read(world: World) -> None:
    world.directory.put_user(OWNER)
    webhook = samples.webhook(owner_incarnation="inc_1")
    assert world.webhooks.create(webhook, (AS_READ,), 1)
    assert world.webhooks.get(webhook.id) == webhook


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_is_made_changed_or_deleted_for_one_who_is_another_by_now(world: World, change: str) -> None:
    world.directory.put_user(CHANGES[change])
    kept, refused = made(world), samples.webhook()
    with pytest.raises(StandingLost):
        world.webhooks.create(refused, (AS_READ,), 10)
    with pytest.raises(StandingLost):
        world.webhooks.update(kept, replace(kept, name="New", version=2), (AS_READ,))
    with pytest.raises(StandingLost):
        world.webhooks.delete(kept, samples.AT, (AS_READ,))
    assert world.webhooks.get(refused.id) is None
    assert world.webhooks.get(kept.id) == kept


def test_nothing_is_made_changed_or_deleted_for_one_who_is_gone(world: World) -> None:
    kept, refused = made(world), samples.webhook()
    with pytest.raises(StandingLost):
        world.webhooks.create(refused, (Standing(user_id="u1"),), 10)
    with pytest.raises(StandingLost):
        world.webhooks.update(kept, replace(kept, name="New", version=2), (Standing(user_id="u1"),))
    with pytest.raises(StandingLost):
        world.webhooks.delete(kept, samples.AT, (Standing(user_id="u1"),))
    assert (world.webhooks.get(refused.id), world.webhooks.get(kept.id)) == (None, kept)


def test_what_is_not_made_leaves_no_rows(world: World) -> None:
    with pytest.raises(StandingLost):
        world.webhooks.create(samples.webhook(), (AS_READ,), 10)
    assert not world.webhooks.create(samples.webhook(), (), 0)
    assert world.webhooks.matching(ROW, None, 10) == []


@pytest.mark.parametrize("change", ["another role", "other groups"])
def test_what_a_standing_leaves_open_may_change(world: World, change: str) -> None:
    world.directory.put_user(CHANGES[change])
    assert world.webhooks.create(samples.webhook(), (Standing(user_id="u1", incarnation="inc_1"),), 10)


def test_a_standing_of_each_of_two_people_is_needed(world: World) -> None:
    world.directory.put_user(OWNER)
    world.directory.put_user(replace(OWNER, id="admin", role=Role.ADMIN))
    kept, changed = made(world), samples.webhook()
    held = (Standing(user_id="admin", role=Role.ADMIN), AS_READ)
    changed = replace(kept, name="New", version=2)
    assert world.webhooks.update(kept, changed, held)
    change_user(world, replace(OWNER, id="admin", role=Role.USER))
    with pytest.raises(StandingLost):
        world.webhooks.update(changed, replace(changed, name="Newer", version=3), held)
    assert world.webhooks.get(kept.id) == changed


def test_another_version_is_no_lost_standing(world: World) -> None:
    world.directory.put_user(OWNER)
    kept = made(world)
    assert not world.webhooks.update(replace(kept, version=5), replace(kept, name="New", version=6), (AS_READ,))


def test_a_suspended_user_may_be_what_a_write_is_held_to(world: World) -> None:
    suspended = replace(OWNER, is_enabled=False)
    world.directory.put_user(suspended)
    kept = made(world)
    assert world.webhooks.update(kept, kept.disabled("Why.", samples.AT), (Standing.as_read(suspended),))


def test_a_user_from_before_there_were_incarnations_is_known_by_having_none(clients: Clients) -> None:
    world = aws_world(clients)
    world.directory.put_user(replace(OWNER, incarnation=""))
    key = {"pk": {"S": "user"}, "sk": {"S": "u1"}}
    remove = {"UpdateExpression": "REMOVE incarnation, is_enabled, joined_at"}
    clients.dynamodb.update_item(TableName=clients.places["DIRECTORY_TABLE"], Key=key, **remove)  # type: ignore[arg-type]
    assert world.webhooks.create(samples.webhook(), (Standing(user_id="u1", incarnation="", groups=("g1",)),), 10)
    with pytest.raises(StandingLost):
        world.webhooks.create(samples.webhook(), (Standing(user_id="u1", incarnation="inc_1"),), 10)
    with pytest.raises(StandingLost):
        world.webhooks.create(samples.webhook(), (Standing(user_id="u1", is_enabled=False),), 10)


# ── Counts ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_more_are_made_than_there_may_be(world: World) -> None:
    assert [world.webhooks.create(samples.webhook(), (), 2) for _ in range(3)] == [True, True, False]
    assert world.webhooks.create(samples.webhook(owner_id="u2"), (), 2)


def test_what_is_deleted_makes_room_once(world: World) -> None:
    first, _ = made(world), made(world)
    world.webhooks.delete(first, samples.AT)
    world.webhooks.delete(first, samples.AT)
    assert [world.webhooks.create(samples.webhook(), (), 2) for _ in range(2)] == [True, False]


def test_a_count_begins_with_what_was_there_before_counts_were_kept(world: World) -> None:
    for _ in range(2):
        world.webhooks.create(samples.webhook())
    assert [world.webhooks.create(samples.webhook(), (), 3) for _ in range(2)] == [True, False]


def test_a_count_that_would_begin_with_a_deletion_begins_with_what_is_there(world: World) -> None:
    first, second = samples.webhook(), samples.webhook()
    world.webhooks.create(first)
    world.webhooks.create(second)
    world.webhooks.delete(first, samples.AT)
    assert [world.webhooks.create(samples.webhook(), (), 2) for _ in range(2)] == [True, False]


def test_a_count_that_is_wrong_is_corrected_when_it_has_settled(world: World) -> None:
    made(world)
    world.webhooks.create(samples.webhook())
    assert not world.webhooks.recount("u1", samples.AT, LATER)
    assert world.webhooks.recount("u1", LATER, LATER)
    assert not world.webhooks.recount("u1", LATER + timedelta(hours=1), LATER)
    assert [world.webhooks.create(samples.webhook(), (), 3) for _ in range(2)] == [True, False]


def test_nobodys_count_is_not_wrong(world: World) -> None:
    assert not world.webhooks.recount("nobody", LATER, LATER)


def test_a_count_that_changes_meanwhile_is_not_corrected(clients: Clients) -> None:
    world = aws_world(clients)
    made(world)
    world.webhooks.create(samples.webhook())
    happened = before_first(clients.dynamodb, "UpdateItem", lambda: made(world).owner_id)
    assert not world.webhooks.recount("u1", LATER, LATER)
    assert happened == ["u1"]


def test_how_far_the_sweep_is_comes_back_as_kept(world: World) -> None:
    assert world.webhooks.sweep_place() is None
    for place in (SweepPlace("wh_1", samples.AT), SweepPlace(None, LATER)):
        world.webhooks.move_sweep(place)
        assert world.webhooks.sweep_place() == place


# ── Notification types ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_more_types_are_added_than_there_may_be(world: World) -> None:
    types = world.notification_types
    named = [replace(A_TYPE, name=name) for name in "abc"]
    assert [types.add(each, (), 2, samples.AT) for each in named] == [Added.ADDED, Added.ADDED, Added.FULL]
    types.delete("a", samples.AT)
    types.delete("a", samples.AT)
    assert [types.add(replace(A_TYPE, name=name), (), 2, samples.AT) for name in "cd"] == [Added.ADDED, Added.FULL]


def test_a_type_of_the_same_name_is_there(world: World) -> None:
    world.notification_types.add(A_TYPE, (), 2, samples.AT)
    other = replace(A_TYPE, name="ORDERSHIPPED", template="{actor}")
    assert world.notification_types.add(other, (), 2, samples.AT) is Added.THERE
    assert world.notification_types.get("orderShipped") == A_TYPE


def test_types_from_before_they_were_counted_are_counted(world: World) -> None:
    world.notification_types.put(A_TYPE)
    assert world.notification_types.add(replace(A_TYPE, name="b"), (), 1, samples.AT) is Added.FULL


def test_a_type_that_must_exist_is_not_made(world: World) -> None:
    assert not world.notification_types.put(A_TYPE, must_exist=True)
    assert world.notification_types.get("orderShipped") is None
    world.notification_types.put(A_TYPE)
    assert world.notification_types.put(replace(A_TYPE, template="{actor}"), must_exist=True)


def test_no_type_is_added_changed_or_deleted_for_one_who_is_no_admin_any_more(world: World) -> None:
    world.directory.put_user(OWNER)
    world.notification_types.put(A_TYPE)
    held = (Standing(user_id="u1", role=Role.ADMIN),)
    with pytest.raises(StandingLost):
        world.notification_types.add(replace(A_TYPE, name="b"), held, 9, samples.AT)
    with pytest.raises(StandingLost):
        world.notification_types.put(replace(A_TYPE, template="{actor}"), held, must_exist=True)
    with pytest.raises(StandingLost):
        world.notification_types.delete("orderShipped", samples.AT, held)
    assert world.notification_types.page(None, 9) == [A_TYPE]


# ── Races ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

RACES: Final[dict[str, Callable[[World], object]]] = {
    "deleted": lambda world: world.directory.delete_user("u1", samples.AT, "admin"),
    "made again": lambda world: change_user(world, CHANGES["another incarnation"]),
    "demoted": lambda world: change_user(world, CHANGES["another role"]),
    "suspended": lambda world: change_user(world, CHANGES["suspended"]),
    "regrouped": lambda world: change_user(world, CHANGES["no groups"]),
}


@pytest.mark.parametrize("race", RACES)
def test_what_happens_to_a_user_just_before_the_write_prevents_it(clients: Clients, race: str) -> None:
    """A webhook's rows are there already: the change comes after everything that was read."""
    world, webhook = aws_world(clients), samples.webhook()
    world.directory.put_user(OWNER)
    happened = before_first(clients.dynamodb, "TransactWriteItems", lambda: RACES[race](world))
    with pytest.raises(StandingLost):
        world.webhooks.create(webhook, (AS_READ,), 10)
    assert len(happened) == 1
    assert world.webhooks.get(webhook.id) is None
    assert world.webhooks.matching(ROW, None, 10) == []
    assert world.webhooks.create(samples.webhook(), (), 1), "nothing was counted"


def test_of_two_at_the_limit_one_is_made(clients: Clients) -> None:
    world = aws_world(clients)
    made(world)
    happened = before_first(clients.dynamodb, "TransactWriteItems", lambda: world.webhooks.create(samples.webhook(), (), 2))
    assert not world.webhooks.create(samples.webhook(), (), 2)
    assert happened == [True]


def test_of_two_that_begin_a_count_at_once_both_count(clients: Clients) -> None:
    world = aws_world(clients)
    happened = before_first(clients.dynamodb, "UpdateItem", lambda: world.webhooks.create(samples.webhook(), (), 2))
    assert world.webhooks.create(samples.webhook(), (), 2)
    assert happened == [True]
    assert not world.webhooks.create(samples.webhook(), (), 2)


def test_six_at_once_do_not_pass_the_limit(clients: Clients, request: pytest.FixtureRequest) -> None:
    if request.node.callspec.params["provisioner"] == "moto":
        pytest.skip("moto runs transactions of several threads into each other")
    world = aws_world(clients)
    world.directory.put_user(OWNER)

    def make(_: int) -> bool:
        return world.webhooks.create(samples.webhook(), (AS_READ,), 20)

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(make, range(60)))
    assert results.count(True) == 20
    assert len(world.webhooks.page("u1", None, 100)) == 20
