"""The upkeep of users."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.background.tasks import FollowOwner
from chalicelib.domain.directory.audit import AuditAction
from chalicelib.domain.directory.users import Role
from chalicelib.domain.errors import Conflict, Forbidden, InvalidInput, NotAuthenticated, UserNotFound
from testbed.fakes.service import FakeAdapters, service_on
from tests.delivery.crashes import Interrupted
from tests.directory.peopled import ADMIN, USER, key_of, put
from tests.directory.test_keys import before_the_first
from tests.domain.samples import NOON, at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chalicelib.domain.directory.users import Caller, User
    from testbed.fakes.service import Service


@pytest.fixture
def world() -> FakeAdapters:
    return FakeAdapters()


@pytest.fixture
def rooms(world: FakeAdapters) -> Service:
    return service_on(world, key_cache_s=10)


def no_admin_any_more(world: FakeAdapters, **changes: Any) -> None:  # noqa: ANN401 - any field
    """Somebody changes the admin, whose key has what it had some seconds ago."""
    admin = world.directory.user("9")
    assert admin is not None
    assert world.directory.put_user(replace(admin, version=admin.version + 1, **changes))


def test_putting_a_user_tells_whether_it_is_new_and_keeps_its_first_day(world: FakeAdapters, rooms: Service) -> None:
    first, is_new = rooms.api.directory.put_user(ADMIN, "1", name="Ann", role=Role.USER, groups=())
    world.clock.advance(60)
    second, is_new_again = rooms.api.directory.put_user(ADMIN, "1", name="Anna", role=Role.USER, groups=())
    assert (is_new, is_new_again) == (True, False)
    assert (second.name, second.created_at, second.updated_at) == ("Anna", first.created_at, world.clock.now())


def test_a_change_of_one_thing_undoes_nothing_that_another_admin_changes_at_the_same_time(
    world: FakeAdapters, rooms: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms.api.directory.put_user(ADMIN, "1", name="Ann", role=Role.USER, groups=("ops",))
    write = world.directory.put_user
    others: Iterator[dict[str, Any]] = iter([{"role": Role.ADMIN}, {"groups": ("dev",)}])

    def write_after_another(user: User, guard: Caller | None = None) -> bool:
        for changes in others:
            known = rooms.api.directory.user("1")
            write(replace(known, version=known.version + 1, **changes))
            break
        return write(user, guard)

    monkeypatch.setattr(world.directory, "put_user", write_after_another)
    changed, _ = rooms.api.directory.put_user(ADMIN, "1", name="Anna")
    assert (changed.name, changed.role, changed.groups, changed.is_enabled) == ("Anna", Role.ADMIN, ("dev",), True)


def test_an_admin_whose_groups_alone_are_changed_stays_an_admin(rooms: Service) -> None:
    put(rooms, "8", role=Role.ADMIN)
    rooms.api.directory.put_user(ADMIN, "8", groups=("ops",))
    kept = rooms.api.directory.user("8")
    assert (kept.role, kept.is_enabled, kept.groups) == (Role.ADMIN, True, ("ops",))


def test_a_change_keeps_the_incarnation_and_a_new_user_of_the_same_id_has_another(rooms: Service) -> None:
    incarnations = []
    for act in (put, put, lambda rooms: rooms.api.directory.delete_user(ADMIN, "1"), put):
        act(rooms)
        if act is put:
            incarnations.append(rooms.api.directory.user("1").incarnation)
    first, changed, second = incarnations
    assert len(first) == 32
    assert first == changed != second


def test_a_membership_begins_when_the_group_is_given_and_stays_as_it_began(world: FakeAdapters, rooms: Service) -> None:
    put(rooms, "1", "ops", "dev")
    world.clock.advance(60)
    put(rooms, "1", "dev", "qa")
    assert rooms.api.directory.user("1").joined_at == {"dev": NOON, "qa": at(60)}
    world.clock.advance(60)
    put(rooms, "1", "ops")
    assert rooms.api.directory.user("1").joined_at == {"ops": at(120)}


def test_when_a_membership_from_before_there_were_times_began_stays_unknown(world: FakeAdapters, rooms: Service) -> None:
    put(rooms, "1", "ops")
    world.directory.put_user(replace(rooms.api.directory.user("1"), joined_at={}, version=2))
    put(rooms, "1", "ops", "dev")
    assert rooms.api.directory.user("1").joined_at == {"dev": NOON}


def test_admins_neither_demote_nor_suspend_nor_delete_themselves(rooms: Service) -> None:
    with pytest.raises(Conflict, match="admin role from yourself"):
        put(rooms, "9")
    with pytest.raises(Conflict, match="suspend yourself"):
        put(rooms, "9", role=Role.ADMIN, is_enabled=False)
    with pytest.raises(Conflict, match="delete yourself"):
        rooms.api.directory.delete_user(ADMIN, "9")
    put(rooms, "9", "ops", role=Role.ADMIN)
    assert rooms.api.directory.user("9").groups == ("ops",)


@pytest.mark.parametrize("changes", [{"role": Role.USER}, {"is_enabled": False}])
def test_an_admin_who_is_none_any_more_takes_no_other_admin_away(
    world: FakeAdapters, rooms: Service, changes: dict[str, Any]
) -> None:
    put(rooms, "8", role=Role.ADMIN)
    before = world.directory.user("8")
    no_admin_any_more(world, **changes)
    acts: list[Callable[[], object]] = [
        lambda: put(rooms, "8"),
        lambda: put(rooms, "8", role=Role.ADMIN, is_enabled=False),
        lambda: rooms.api.directory.delete_user(ADMIN, "8"),
    ]
    for act in acts:
        with pytest.raises(Conflict, match="An admin must remain"):
            act()
    assert world.directory.user("8") == before


def test_an_admin_who_is_deleted_makes_and_changes_nobody_any_more(world: FakeAdapters, rooms: Service) -> None:
    put(rooms, "1")
    before = world.directory.user("1")
    world.directory.delete_user("9", NOON, "8")
    acts: list[Callable[[], object]] = [
        lambda: put(rooms, "1", "ops"),
        lambda: put(rooms, "2", role=Role.ADMIN),
        lambda: rooms.api.directory.delete_user(ADMIN, "1"),
    ]
    for act in acts:
        with pytest.raises(Forbidden, match="not an admin any more"):
            act()
    assert (world.directory.user("1"), world.directory.user("2")) == (before, None)
    assert AuditAction.USER_DELETED not in [each.action for each in world.audit.lines]


def test_two_changes_at_once_are_made_one_after_the_other(
    world: FakeAdapters, rooms: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one is made on what the first has left, and the audit says so."""
    put(rooms, "1")
    before_the_first(world, "put_user", lambda: put(service_on(world), "1", "ops"), monkeypatch)
    put(rooms, "1", "dev", role=Role.ADMIN)
    [_, first, second] = [each for each in world.audit.lines if each.user_id == "1"]
    assert first.changes == (("groups", [], ["ops"]),)
    assert {name: (old, new) for name, old, new in second.changes}["groups"] == (["ops"], ["dev"])
    assert rooms.api.directory.user("1").version == 3


def test_a_user_who_is_changed_by_others_all_the_time_is_a_conflict(
    world: FakeAdapters, rooms: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(rooms, "1")
    monkeypatch.setattr(world.directory, "put_user", lambda *_: False)
    with pytest.raises(Conflict, match="Others keep changing"):
        put(rooms, "1", "dev")


@pytest.mark.parametrize("given", ["posthorn", "Posthorn", " POSTHORN "])
def test_nobody_is_called_what_the_service_is_in_the_audit(world: FakeAdapters, rooms: Service, given: str) -> None:
    uses: list[Callable[[], object]] = [
        lambda: rooms.api.directory.put_user(ADMIN, given, name="Ann", role=Role.USER, groups=()),
        lambda: rooms.api.directory.put_user(ADMIN, "1", name=given, role=Role.USER, groups=()),
        lambda: rooms.api.directory.ensure_user(given, "Ann", Role.USER),
        lambda: rooms.api.directory.ensure_user("1", given, Role.USER),
    ]
    for use in uses:
        with pytest.raises(InvalidInput, match="in the audit it means the service itself"):
            use()
    assert [each.id for each in world.directory.users(None, 9)] == ["9"]


def test_one_who_is_called_so_from_before_is_changed_and_deleted_as_anybody(world: FakeAdapters, rooms: Service) -> None:
    put(rooms, "1")
    old = replace(rooms.api.directory.user("1"), id="posthorn", name="posthorn", incarnation="")
    assert world.directory.put_user(old)
    rooms.api.directory.put_user(ADMIN, "posthorn", name="posthorn", role=Role.USER, groups=("ops",))
    rooms.api.directory.delete_user(ADMIN, "posthorn")
    assert world.directory.user("posthorn") is None


def test_a_suspension_is_in_the_audit(world: FakeAdapters, rooms: Service) -> None:
    put(rooms, "1")
    put(rooms, "1", is_enabled=False)
    assert world.audit.lines[-1].changes == (("is_enabled", True, False),)


def test_a_deleted_user_is_gone_at_once_and_their_keys_with_them(world: FakeAdapters, rooms: Service) -> None:
    put(rooms, "1")
    key = key_of(rooms)
    rooms.api.callers.authenticate(key)
    rooms.api.directory.delete_user(ADMIN, "1")
    assert world.background.work(FollowOwner)[-1] == FollowOwner("1", world.clock.now())
    with pytest.raises(NotAuthenticated):
        rooms.api.callers.authenticate(key)
    with pytest.raises(UserNotFound):
        rooms.api.directory.user("1")
    with pytest.raises(UserNotFound):
        rooms.api.directory.delete_user(ADMIN, "1")


def test_wherever_the_process_dies_that_deletes_a_user_the_background_ends_it(world: FakeAdapters, rooms: Service) -> None:
    for calls_before in count():
        put(rooms, "1")
        key_of(rooms)
        world.background.sent.clear()
        with Interrupted(world, calls_before) as interrupted:
            service_on(world).api.directory.delete_user(ADMIN, "1")
        if world.directory.user("1") is None:
            note = world.directory.owner_note("1")
            assert note is not None
            rooms.owners.step(FollowOwner("1", note.since))
            assert world.directory.keys_of("1") == []
        if not interrupted.is_reached:
            return


def test_a_change_that_cannot_be_enqueued_is_made_and_left_to_the_schedule(world: FakeAdapters, rooms: Service) -> None:
    world.background.is_refusing = True
    put(rooms, "1", "ops")
    assert rooms.api.directory.user("1").groups == ("ops",)
    assert [each.user_id for each in world.directory.owner_notes(at(1), 9)] == ["1"]


def test_who_is_no_admin_writes_nothing(rooms: Service) -> None:
    """The border refuses them (`tests/api/test_rights.py`); a write has the condition too."""
    put(rooms, "1")
    put(rooms, "2")
    uses: list[Callable[[], object]] = [
        lambda: rooms.api.directory.put_user(USER, "2", name="x", role=Role.ADMIN, groups=()),
        lambda: rooms.api.directory.delete_user(USER, "2"),
    ]
    for use in uses:
        with pytest.raises(Forbidden):
            use()


def test_users_come_in_pages(rooms: Service) -> None:
    for user_id in ("c", "a", "b"):
        put(rooms, user_id)
    first, after = rooms.api.directory.users(None, 3)
    second, end = rooms.api.directory.users(after, 3)
    assert [each.id for each in first + second] == ["9", "a", "b", "c"]
    assert (after, end) == ("b", None)


def test_the_webhooks_follow_each_change_of_their_owner(world: FakeAdapters, rooms: Service) -> None:
    put(rooms, "1", "ops")
    world.background.sent.clear()
    world.clock.advance(60)
    put(rooms, "1")
    assert world.background.work(FollowOwner) == [FollowOwner("1", at(60))]


def test_a_key_in_memory_has_what_its_user_has_as_soon_as_that_is_changed_here(rooms: Service) -> None:
    put(rooms, "1", "ops")
    key = key_of(rooms)
    before = rooms.api.callers.authenticate(key)
    put(rooms, "1", "dev", role=Role.ADMIN)
    after = rooms.api.callers.authenticate(key)
    assert [(each.groups, each.is_admin) for each in (before, after)] == [(("ops",), False), (("dev",), True)]


def test_a_deletion_is_in_the_audit_under_who_made_it(world: FakeAdapters, rooms: Service) -> None:
    put(rooms, "1")
    rooms.api.directory.delete_user(ADMIN, "1")
    line = world.audit.lines[-1]
    assert (line.actor, line.action, line.user_id) == ("9", AuditAction.USER_DELETED, "1")
