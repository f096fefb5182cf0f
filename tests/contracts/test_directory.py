from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.directory import OwnerNote, Right, Role
from tests.contracts import samples

if TYPE_CHECKING:
    from tests.contracts.engines import World


def test_a_user_comes_back_as_put(world: World) -> None:
    user = samples.user("1|2", name="Zoë \N{ROCKET}", role=Role.ADMIN, groups=())
    world.directory.put_user(user)
    assert world.directory.user("1|2") == user


def test_a_user_that_never_was_is_none(world: World) -> None:
    assert world.directory.user("u1") is None


def test_putting_a_user_again_replaces_them(world: World) -> None:
    world.directory.put_user(samples.user())
    world.directory.put_user(samples.user(name="New"))
    assert world.directory.user("u1") == samples.user(name="New")


def test_names_are_those_of_the_users_that_exist(world: World) -> None:
    for number in range(120):
        world.directory.put_user(samples.user(f"u{number}", name=f"User {number}"))
    asked = [*(f"u{number}" for number in range(120)), "u0", "nobody"]
    assert world.directory.names(asked) == {f"u{number}": f"User {number}" for number in range(120)}


def test_users_come_in_the_order_of_their_ids_page_by_page(world: World) -> None:
    for user_id in ("c", "a", "b"):
        world.directory.put_user(samples.user(user_id))
    assert [user.id for user in world.directory.users(None, 2)] == ["a", "b"]
    assert [user.id for user in world.directory.users("b", 2)] == ["c"]


def test_a_key_comes_back_as_put(world: World) -> None:
    key = samples.api_key(rights=frozenset({Right.NOTIFY}), last_used_on=date(2026, 3, 1))
    world.directory.put_key(key)
    assert world.directory.key(key.id) == key


def test_a_key_that_never_was_is_none(world: World) -> None:
    assert world.directory.key("key_none") is None


def test_putting_a_key_again_changes_nothing(world: World) -> None:
    key = samples.api_key()
    world.directory.put_key(key)
    world.directory.touch_key(key, date(2026, 3, 2))
    world.directory.put_key(replace(key, name="other"))
    assert world.directory.key(key.id) == replace(key, last_used_on=date(2026, 3, 2))


def test_the_keys_of_a_user_come_oldest_first(world: World) -> None:
    new, old = samples.api_key(created_at=samples.AT + timedelta(days=1)), samples.api_key()
    for key in (new, old, samples.api_key("u2")):
        world.directory.put_key(key)
    assert world.directory.keys_of("u1") == [old, new]


def test_role_and_groups_are_carried_over_to_the_keys_of_the_user_alone(world: World) -> None:
    own, other = samples.api_key(), samples.api_key("u2")
    for key in (own, other):
        world.directory.put_key(key)
    world.directory.put_user(samples.user(role=Role.ADMIN, groups=("g9",)))
    assert world.directory.key(own.id) == replace(own, role=Role.ADMIN, groups=("g9",))
    assert world.directory.key(other.id) == other


def test_a_deleted_key_is_gone(world: World) -> None:
    key = samples.api_key()
    world.directory.put_key(key)
    world.directory.delete_key(key)
    assert world.directory.key(key.id) is None
    assert world.directory.keys_of("u1") == []


def test_a_deleted_user_takes_all_their_keys_along(world: World) -> None:
    world.directory.put_user(samples.user())
    keys = [samples.api_key() for _ in range(3)]
    for key in keys:
        world.directory.put_key(key)
    world.directory.delete_user("u1", samples.AT, "admin")
    assert world.directory.user("u1") is None
    assert [world.directory.key(key.id) for key in keys] == [None] * 3


def test_deleting_what_is_not_there_is_no_error(world: World) -> None:
    world.directory.delete_key(samples.api_key())
    world.directory.delete_user("u1", samples.AT, "admin")
    assert world.directory.users(None, 10) == []


def test_a_key_that_is_gone_does_not_come_back_by_its_last_use(world: World) -> None:
    key = samples.api_key()
    world.directory.touch_key(key, date(2026, 3, 1))
    assert world.directory.key(key.id) is None


def test_a_change_of_a_user_is_noted_until_it_is_forgotten(world: World) -> None:
    assert world.directory.owner_note("u1") is None
    world.directory.put_user(samples.user())
    note = world.directory.owner_note("u1")
    assert note == OwnerNote(user_id="u1", since=samples.user().updated_at)
    world.directory.forget_owner_note(note)
    assert world.directory.owner_note("u1") is None
    world.directory.forget_owner_note(note)


def test_a_deletion_stays_on_the_note_when_the_user_comes_back(world: World) -> None:
    world.directory.delete_user("u1", samples.AT, "admin")
    later = samples.user(updated_at=samples.AT + timedelta(minutes=1))
    world.directory.put_user(later)
    assert world.directory.owner_note("u1") == OwnerNote(
        user_id="u1", since=later.updated_at, deleted_at=samples.AT, deleted_by="admin"
    )


def test_a_note_that_is_worked_on_is_no_ones_left_behind(world: World) -> None:
    for user_id in ("u1", "u2"):
        world.directory.delete_user(user_id, samples.AT, "admin")
    soon, later = samples.AT + timedelta(seconds=1), samples.AT + timedelta(minutes=5)
    first, second = world.directory.owner_notes(soon, 10)
    assert world.directory.owner_notes(samples.AT, 10) == []
    assert world.directory.renew_owner_note(first, later)
    assert world.directory.owner_notes(soon, 10) == [second]
    assert world.directory.owner_note("u1") == first


def test_a_note_of_an_earlier_change_is_neither_renewed_nor_forgotten(world: World) -> None:
    world.directory.delete_user("u1", samples.AT, "admin")
    earlier = world.directory.owner_note("u1")
    assert earlier is not None
    world.directory.put_user(samples.user(updated_at=samples.AT + timedelta(minutes=1)))
    assert not world.directory.renew_owner_note(earlier, samples.AT)
    world.directory.forget_owner_note(earlier)
    assert world.directory.owner_note("u1") is not None
