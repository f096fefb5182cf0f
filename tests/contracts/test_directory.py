from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.directory.ports import KeyKept
from chalicelib.domain.directory.users import ApiKey, Caller, OwnerNote, Right, Role, User
from testbed import samples

if TYPE_CHECKING:
    from tests.contracts.engines import World

ADMIN = Caller("admin", Role.ADMIN, incarnation="first")


def an_admin(world: World, **changes: Any) -> User:  # noqa: ANN401 - any field
    """The user whose key `ADMIN` has presented, as the directory has them now."""
    user = samples.user(**({"user_id": "admin", "role": Role.ADMIN, "incarnation": "first"} | changes))
    assert world.directory.put_user(user)
    return user


def a_key(world: World, user_id: str = "u1", **changes: Any) -> ApiKey:  # noqa: ANN401 - any field
    """A key of a user who is made for it, unless they are there."""
    world.directory.put_user(samples.user(user_id))
    key = samples.api_key(user_id, **changes)
    assert world.directory.put_key(key, samples.KEYS_MAX) is KeyKept.KEPT
    return key


def test_a_user_comes_back_as_put(world: World) -> None:
    user = samples.user(
        "1|2",
        name="Zoë \N{ROCKET}",
        role=Role.ADMIN,
        groups=("g1",),
        incarnation="0f",
        is_enabled=False,
        joined_at={"g1": samples.AT},
    )
    assert world.directory.put_user(user)
    assert world.directory.user("1|2") == user


def test_a_user_that_never_was_is_none(world: World) -> None:
    assert world.directory.user("u1") is None


def test_a_user_is_changed_from_version_to_version(world: World) -> None:
    world.directory.put_user(samples.user())
    second = samples.user(name="New", version=2, is_enabled=False, joined_at={"g1": samples.AT})
    assert world.directory.put_user(second)
    assert world.directory.user("u1") == second


@pytest.mark.parametrize("changes", [{}, {"version": 3}, {"version": 2, "incarnation": "other"}])
def test_a_user_who_is_not_as_they_were_read_is_left_alone(world: World, changes: dict[str, Any]) -> None:
    world.directory.put_user(samples.user())
    assert not world.directory.put_user(samples.user(name="New", **changes))
    assert world.directory.user("u1") == samples.user()


def test_only_one_of_two_changes_of_the_same_version_is_made(world: World) -> None:
    world.directory.put_user(samples.user())
    first, second = (samples.user(name=name, version=2) for name in ("Ann", "Anna"))
    assert world.directory.put_user(first)
    assert not world.directory.put_user(second)
    assert world.directory.user("u1") == first


def test_putting_the_very_same_user_again_is_no_failure(world: World) -> None:
    for _ in range(2):
        assert world.directory.put_user(samples.user())


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


@pytest.mark.parametrize(
    "changes",
    [
        {"rights": frozenset({Right.SEND, Right.READ}), "last_used_on": date(2026, 3, 1)},
        {"expires_at": samples.AT + timedelta(days=9), "is_enabled": False},
    ],
)
def test_a_key_comes_back_as_put(world: World, changes: dict[str, Any]) -> None:
    key = a_key(world, **changes)
    assert world.directory.key(key.id) == key


def test_a_key_that_never_was_is_none(world: World) -> None:
    assert world.directory.key("key_none") is None


def test_putting_a_key_again_changes_nothing(world: World) -> None:
    key = a_key(world)
    world.directory.touch_key(key, date(2026, 3, 2))
    assert world.directory.put_key(replace(key, name="other"), samples.KEYS_MAX) is KeyKept.KEPT
    assert world.directory.key(key.id) == replace(key, last_used_on=date(2026, 3, 2))


def test_the_keys_of_a_user_come_oldest_first(world: World) -> None:
    new, old, _ = a_key(world, created_at=samples.AT + timedelta(days=1)), a_key(world), a_key(world, "u2")
    assert world.directory.keys_of("u1") == [old, new]


@pytest.mark.parametrize("changes", [{"incarnation": "other"}, {"user_version": 2}, {"user_id": "nobody"}])
def test_a_key_is_not_kept_for_another_user_than_was_read(world: World, changes: dict[str, Any]) -> None:
    world.directory.put_user(samples.user())
    key = replace(samples.api_key(), **changes)
    assert world.directory.put_key(key, samples.KEYS_MAX) is KeyKept.CHANGED
    assert world.directory.key(key.id) is None


def test_a_user_has_no_more_keys_than_they_may_and_another_one_when_one_is_gone(world: World) -> None:
    first, _ = a_key(world), a_key(world)
    third = samples.api_key()
    assert world.directory.put_key(third, 2) is KeyKept.FULL
    assert world.directory.key(third.id) is None
    assert world.directory.delete_key(first)
    assert world.directory.delete_key(first)
    assert world.directory.put_key(third, 2) is KeyKept.KEPT
    assert world.directory.put_key(samples.api_key(), 2) is KeyKept.FULL


def test_what_a_user_is_now_is_carried_over_to_their_keys_alone(world: World) -> None:
    own, other = a_key(world), a_key(world, "u2")
    user = samples.user(role=Role.ADMIN, groups=("g9",), is_enabled=False, version=2)
    world.directory.put_user(user)
    assert world.directory.key(own.id) == replace(own, role=Role.ADMIN, groups=("g9",), is_enabled=False, user_version=2)
    assert world.directory.key(other.id) == other


def test_keys_are_counted_on_when_their_user_changes(world: World) -> None:
    a_key(world)
    world.directory.put_user(samples.user(version=2))
    assert world.directory.put_key(samples.api_key(user_version=2), 1) is KeyKept.FULL


def test_a_deleted_key_is_gone(world: World) -> None:
    key = a_key(world)
    assert world.directory.delete_key(key)
    assert world.directory.key(key.id) is None
    assert world.directory.keys_of("u1") == []


def test_a_deleted_user_takes_all_their_keys_along(world: World) -> None:
    keys = [a_key(world) for _ in range(3)]
    assert world.directory.delete_user("u1", samples.AT, "admin")
    assert world.directory.user("u1") is None
    assert [world.directory.key(key.id) for key in keys] == [None] * 3


def test_deleting_what_is_not_there_is_no_error(world: World) -> None:
    assert world.directory.delete_key(samples.api_key())
    assert world.directory.delete_user("u1", samples.AT, "admin")
    assert world.directory.users(None, 10) == []


def test_a_new_user_of_the_same_id_has_none_of_the_keys_and_the_count_of_none(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process that deleted the user died before it had removed the keys."""
    old = a_key(world)
    with monkeypatch.context() as patched:
        patched.setattr(world.directory, "settle_keys", lambda _: None)
        world.directory.delete_user("u1", samples.AT, "admin")
    assert world.directory.key(old.id) == old
    assert world.directory.put_user(samples.user(incarnation="second"))
    assert world.directory.key(old.id) is None
    assert world.directory.put_key(samples.api_key(incarnation="second"), 1) is KeyKept.KEPT


def test_settling_removes_the_keys_of_nobody_and_may_be_repeated(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    old = a_key(world)
    with monkeypatch.context() as patched:
        patched.setattr(world.directory, "settle_keys", lambda _: None)
        world.directory.delete_user("u1", samples.AT, "admin")
    for _ in range(2):
        world.directory.settle_keys("u1")
    assert world.directory.keys_of("u1") == []
    assert world.directory.key(old.id) is None


@pytest.mark.parametrize(
    "changes", [{"role": Role.USER}, {"is_enabled": False}, {"incarnation": "second"}, {"user_id": "somebody"}]
)
def test_nothing_is_written_for_one_who_is_no_admin_any_more(world: World, changes: dict[str, Any]) -> None:
    an_admin(world, **changes)
    key = a_key(world)
    fresh = samples.api_key()
    assert not world.directory.put_user(samples.user("u9"), ADMIN)
    assert not world.directory.put_user(samples.user(name="New", version=2), ADMIN)
    assert not world.directory.delete_user("u1", samples.AT, "admin", ADMIN)
    assert world.directory.put_key(fresh, samples.KEYS_MAX, ADMIN) is KeyKept.CHANGED
    assert not world.directory.delete_key(key, ADMIN)
    assert (world.directory.user("u9"), world.directory.user("u1")) == (None, samples.user())
    assert world.directory.keys_of("u1") == [key]


def test_an_admin_writes_others_and_themselves(world: World) -> None:
    admin = an_admin(world)
    assert world.directory.put_user(samples.user(), ADMIN)
    for user in (admin, samples.user()):
        key = samples.api_key(user.id, incarnation=user.incarnation)
        assert world.directory.put_key(key, samples.KEYS_MAX, ADMIN) is KeyKept.KEPT
        assert world.directory.delete_key(key, ADMIN)
    assert world.directory.put_user(replace(admin, name="New", version=2), ADMIN)
    assert world.directory.delete_user("u1", samples.AT, "admin", ADMIN)


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
