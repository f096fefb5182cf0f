"""The upkeep of keys."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.directory.audit import POSTHORN, AuditAction
from chalicelib.domain.directory.users import Role
from chalicelib.domain.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    KeyNotFound,
    LimitReached,
    NotAuthenticated,
    UserNotFound,
)
from testbed.fakes.service import FakeAdapters, service_on
from tests.directory.peopled import ADMIN, USER, key_of, put
from tests.domain.samples import NOON

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from testbed.fakes.service import Service

KEYS_MAX = 3


@pytest.fixture
def world() -> FakeAdapters:
    return FakeAdapters()


@pytest.fixture
def rooms(world: FakeAdapters) -> Service:
    return service_on(world, key_cache_s=10, keys_per_user_max=KEYS_MAX)


def before_the_first(world: FakeAdapters, port: str, act: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `act` happen just before the first such call of the directory."""
    call = getattr(world.directory, port)
    is_over = False

    def late(*given: Any) -> Any:  # noqa: ANN401 - the port's own
        nonlocal is_over
        if not is_over:
            is_over = True
            act()
        return call(*given)

    monkeypatch.setattr(world.directory, port, late)


def test_a_key_is_kept_as_its_digest_only(world: FakeAdapters, rooms: Service) -> None:
    put(rooms)
    key = key_of(rooms)
    (kept,) = world.directory.keys_of("1")
    assert key not in f"{kept} {kept.digest} {kept.id} {kept.name}"
    assert kept.is_for(key)


def test_a_key_revoked_here_is_worthless_at_once(world: FakeAdapters, rooms: Service) -> None:
    put(rooms)
    key = key_of(rooms)
    rooms.api.callers.authenticate(key)
    rooms.api.keys.revoke_key(ADMIN, "1", world.directory.keys_of("1")[0].id)
    with pytest.raises(NotAuthenticated):
        rooms.api.callers.authenticate(key)


@pytest.mark.parametrize("user_id", ["2", "nobody"])
def test_a_key_is_revoked_of_its_own_user_only(world: FakeAdapters, rooms: Service, user_id: str) -> None:
    put(rooms, "1")
    put(rooms, "2")
    key = key_of(rooms)
    with pytest.raises(KeyNotFound):
        rooms.api.keys.revoke_key(ADMIN, user_id, world.directory.keys_of("1")[0].id)
    assert rooms.api.callers.authenticate(key).user_id == "1"


def test_a_user_sees_and_revokes_their_own_keys_and_no_others(world: FakeAdapters, rooms: Service) -> None:
    put(rooms, "1")
    put(rooms, "2")
    key, other = key_of(rooms, "1"), key_of(rooms, "2")
    caller = rooms.api.callers.authenticate(key)
    [own], rest = rooms.api.keys.own_keys(caller, None, 200)
    assert (own.id, rest) == (caller.key_id, None)
    with pytest.raises(KeyNotFound):
        rooms.api.keys.revoke_own_key(caller, world.directory.keys_of("2")[0].id)
    rooms.api.keys.revoke_own_key(caller, own.id)
    assert rooms.api.callers.authenticate(other).user_id == "2"
    with pytest.raises(NotAuthenticated):
        rooms.api.callers.authenticate(key)
    assert world.audit.lines[-1].action is AuditAction.KEY_REVOKED
    assert world.audit.lines[-1].actor == "1"


def test_a_key_of_an_earlier_incarnation_neither_sees_nor_revokes_the_later_ones(
    world: FakeAdapters, rooms: Service
) -> None:
    """Another process has it in its memory for some seconds."""
    put(rooms)
    caller = rooms.api.callers.authenticate(key_of(rooms))
    rooms.api.directory.delete_user(ADMIN, "1")
    put(rooms)
    later = rooms.api.callers.authenticate(key_of(rooms))
    assert rooms.api.keys.own_keys(caller, None, 200) == ([], None)
    with pytest.raises(KeyNotFound):
        rooms.api.keys.revoke_own_key(caller, later.key_id)
    with pytest.raises(NotAuthenticated, match="deleted"):
        rooms.api.directory.me(caller)
    assert len(world.directory.keys_of("1")) == 1


def test_a_key_that_would_be_expired_from_the_start_is_not_made(world: FakeAdapters, rooms: Service) -> None:
    put(rooms)
    with pytest.raises(InvalidInput) as refused:
        key_of(rooms, expires_at=NOON)
    assert refused.value.fields.keys() == {"expiresAt"}
    assert world.directory.keys_of("1") == []


def test_a_user_has_so_many_keys_and_no_more(rooms: Service) -> None:
    put(rooms)
    for _ in range(KEYS_MAX):
        key_of(rooms)
    with pytest.raises(LimitReached, match="KEYS_PER_USER_MAX"):
        key_of(rooms)


def test_expired_keys_make_room_for_new_ones(world: FakeAdapters, rooms: Service) -> None:
    put(rooms)
    for _ in range(KEYS_MAX):
        key_of(rooms, expires_at=NOON + timedelta(hours=1))
    with pytest.raises(LimitReached):
        key_of(rooms)
    world.clock.advance(3600)
    assert len(world.directory.keys_of("1")) == KEYS_MAX
    key = key_of(rooms)
    assert [each.is_for(key) for each in world.directory.keys_of("1")] == [True]
    removed = [each for each in world.audit.lines if each.action is AuditAction.KEY_REVOKED]
    assert [each.actor for each in removed] == [POSTHORN] * KEYS_MAX


def test_a_key_for_a_user_who_is_deleted_meanwhile_is_not_made(
    world: FakeAdapters, rooms: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(rooms)
    before_the_first(world, "put_key", lambda: world.directory.delete_user("1", NOON, "9"), monkeypatch)
    with pytest.raises(UserNotFound):
        key_of(rooms)
    assert world.directory.keys_of("1") == []


def test_a_key_for_a_user_who_is_changed_meanwhile_is_what_the_user_is_then(
    world: FakeAdapters, rooms: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(rooms, role=Role.ADMIN)
    before_the_first(world, "put_key", lambda: put(service_on(world), "1", "dev"), monkeypatch)
    caller = rooms.api.callers.authenticate(key_of(rooms))
    assert (caller.role, caller.groups) == (Role.USER, ("dev",))


@pytest.mark.parametrize("changes", [{"role": Role.USER}, {"is_enabled": False}])
def test_an_admin_who_is_none_any_more_makes_and_revokes_no_keys(
    world: FakeAdapters, rooms: Service, changes: dict[str, Any]
) -> None:
    """The key of the admin is in a process's memory, with what it was some seconds ago."""
    put(rooms)
    key_of(rooms)
    admin = world.directory.user("9")
    assert admin is not None
    world.directory.put_user(replace(admin, version=2, **changes))
    with pytest.raises(Forbidden, match="not an admin any more"):
        key_of(rooms)
    [kept] = world.directory.keys_of("1")
    with pytest.raises(Forbidden, match="not an admin any more"):
        rooms.api.keys.revoke_key(ADMIN, "1", kept.id)
    assert world.directory.keys_of("1") == [kept]


def test_who_is_no_admin_writes_no_key(rooms: Service, world: FakeAdapters) -> None:
    """The border refuses them (`tests/api/test_rights.py`); a write has the condition too."""
    put(rooms)
    key_of(rooms)
    uses: list[Callable[[], object]] = [
        lambda: rooms.api.keys.make_key(USER, "1", name="x"),
        lambda: rooms.api.keys.revoke_key(USER, "1", world.directory.keys_of("1")[0].id),
    ]
    for use in uses:
        with pytest.raises(Forbidden):
            use()


def test_set_up_makes_a_user_and_keeps_the_key_it_was_given(rooms: Service) -> None:
    for _ in range(2):
        assert rooms.api.directory.ensure_user("8", "Admin", Role.ADMIN, key="phk_mine") == "phk_mine"
    assert rooms.api.callers.authenticate("phk_mine").is_admin
    assert len(rooms.api.keys.keys("8", None, 200)[0]) == 1
    assert rooms.api.callers.authenticate(rooms.api.directory.ensure_user("1", "User", Role.USER)).user_id == "1"


def test_set_up_leaves_a_user_who_is_there_as_they_are(world: FakeAdapters, rooms: Service) -> None:
    put(rooms, "1", "ops")
    before = world.directory.user("1")
    rooms.api.directory.ensure_user("1", "Somebody", Role.ADMIN)
    assert world.directory.user("1") == before


def test_set_up_makes_no_key_that_would_not_work(world: FakeAdapters, rooms: Service) -> None:
    put(rooms, is_enabled=False)
    with pytest.raises(Conflict, match="suspended"):
        rooms.api.directory.ensure_user("1", "User", Role.USER)
    assert world.directory.keys_of("1") == []
