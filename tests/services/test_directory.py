"""Who is asking, and the upkeep of users and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.directory import Caller, Right, Role, key_id
from chalicelib.domain.errors import Conflict, Forbidden, KeyNotFound, NotAuthenticated, UserNotFound
from chalicelib.services.tasks import FollowOwner
from tests.domain.samples import NOON, at
from tests.fakes.house import World, house

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.domain.directory import ApiKey
    from chalicelib.services.directory import DirectoryService

USER, ADMIN = Caller("1", Role.USER), Caller("9", Role.ADMIN)
CACHE_S = 10


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def service(world: World) -> DirectoryService:
    return house(world, key_cache_s=CACHE_S).directory


def _put(service: DirectoryService, user_id: str = "1", *groups: str, role: Role = Role.USER) -> None:
    service.put_user(ADMIN, user_id, name=f"User {user_id}", role=role, groups=groups)


def _key(service: DirectoryService, user_id: str = "1", *rights: Right) -> str:
    return service.make_key(ADMIN, user_id, name="a key", rights=frozenset(rights))[0]


@pytest.mark.parametrize("form", ["{}", "Bearer {}", "bearer {}", "BEARER  {} ", " {} "])
def test_a_key_is_taken_raw_and_behind_bearer(service: DirectoryService, form: str) -> None:
    _put(service, "1", "ops")
    key = _key(service, "1", Right.NOTIFY)
    assert service.authenticate(form.format(key)) == Caller("1", Role.USER, ("ops",), frozenset({Right.NOTIFY}), key_id(key))


@pytest.mark.parametrize(
    "header", [None, "", " ", "Bearer", "Bearer ", "phk_unknown", "Bearer phk_unknown", "Basic {}", "{}x", "ключ"]
)
def test_what_is_no_live_key_is_refused(service: DirectoryService, header: str | None) -> None:
    _put(service)
    key = _key(service)
    with pytest.raises(NotAuthenticated):
        service.authenticate(header and header.format(key))


def test_a_key_is_kept_as_its_digest_only(world: World, service: DirectoryService) -> None:
    _put(service)
    key = _key(service)
    (kept,) = world.directory.keys_of("1")
    assert key not in f"{kept} {kept.digest} {kept.id} {kept.name}"
    assert kept.is_for(key)


def test_a_key_is_read_once_while_it_is_remembered(world: World, service: DirectoryService) -> None:
    _put(service)
    key = _key(service)
    service.authenticate(key)
    world.directory.delete_key(world.directory.keys_of("1")[0])
    world.clock.advance(CACHE_S - 0.001)
    assert service.authenticate(key).user_id == "1"


def test_a_key_revoked_elsewhere_lives_no_longer_than_it_is_remembered(world: World, service: DirectoryService) -> None:
    _put(service)
    key = _key(service)
    service.authenticate(key)
    world.directory.delete_key(world.directory.keys_of("1")[0])
    world.clock.advance(CACHE_S)
    with pytest.raises(NotAuthenticated):
        service.authenticate(key)


def test_a_key_revoked_here_is_worthless_at_once(world: World, service: DirectoryService) -> None:
    _put(service)
    key = _key(service)
    service.authenticate(key)
    service.revoke_key(ADMIN, "1", world.directory.keys_of("1")[0].id)
    with pytest.raises(NotAuthenticated):
        service.authenticate(key)


@pytest.mark.parametrize("user_id", ["2", "nobody"])
def test_a_key_is_revoked_of_its_own_user_only(world: World, service: DirectoryService, user_id: str) -> None:
    _put(service, "1")
    _put(service, "2")
    key = _key(service, "1")
    with pytest.raises(KeyNotFound):
        service.revoke_key(ADMIN, user_id, world.directory.keys_of("1")[0].id)
    assert service.authenticate(key).user_id == "1"


def test_the_day_of_use_is_noted_once_a_day(world: World, service: DirectoryService) -> None:
    _put(service)
    key = _key(service)
    assert service.keys(ADMIN, "1", None, 200)[0][0].last_used_on is None
    service.authenticate(key)
    assert service.keys(ADMIN, "1", None, 200)[0][0].last_used_on == NOON.date()
    tomorrow = world.clock.advance(24 * 3600).date()
    service.authenticate(key)
    assert service.keys(ADMIN, "1", None, 200)[0][0].last_used_on == tomorrow


def test_a_change_of_role_and_groups_reaches_the_keys_at_once(service: DirectoryService) -> None:
    _put(service, "1", "ops", role=Role.ADMIN)
    key = _key(service)
    assert service.authenticate(key).is_admin
    _put(service, "1", "dev")
    assert service.authenticate(key) == Caller("1", Role.USER, ("dev",), key_id=key_id(key))


def test_putting_a_user_tells_whether_it_is_new_and_keeps_its_first_day(world: World, service: DirectoryService) -> None:
    first, is_new = service.put_user(ADMIN, "1", name="Ann", role=Role.USER, groups=())
    world.clock.advance(60)
    second, is_new_again = service.put_user(ADMIN, "1", name="Anna", role=Role.USER, groups=())
    assert (is_new, is_new_again) == (True, False)
    assert (second.name, second.created_at, second.updated_at) == ("Anna", first.created_at, world.clock.now())


def test_admins_neither_demote_nor_delete_themselves(service: DirectoryService) -> None:
    _put(service, "9", role=Role.ADMIN)
    with pytest.raises(Conflict):
        _put(service, "9")
    with pytest.raises(Conflict):
        service.delete_user(ADMIN, "9")
    _put(service, "9", "ops", role=Role.ADMIN)
    assert service.user(ADMIN, "9").groups == ("ops",)


def test_a_deleted_user_is_gone_at_once_and_their_keys_with_them(world: World, service: DirectoryService) -> None:
    _put(service, "1")
    key = _key(service)
    service.authenticate(key)
    service.delete_user(ADMIN, "1")
    assert world.background.work(FollowOwner)[-1] == FollowOwner("1", world.clock.now())
    with pytest.raises(NotAuthenticated):
        service.authenticate(key)
    with pytest.raises(UserNotFound):
        service.user(ADMIN, "1")
    with pytest.raises(UserNotFound):
        service.delete_user(ADMIN, "1")


def test_a_change_that_cannot_be_enqueued_is_made_and_left_to_the_schedule(world: World, service: DirectoryService) -> None:
    world.background.is_refusing = True
    _put(service, "1", "ops")
    assert service.user(ADMIN, "1").groups == ("ops",)
    assert [each.user_id for each in world.directory.owner_notes(at(1), 9)] == ["1"]


def test_a_key_for_a_user_who_is_deleted_meanwhile_is_taken_back(
    world: World, service: DirectoryService, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(service, "1")
    put_key = world.directory.put_key

    def delete_first(key: ApiKey) -> None:
        world.directory.delete_user("1", NOON, "9")
        put_key(key)

    monkeypatch.setattr(world.directory, "put_key", delete_first)
    with pytest.raises(UserNotFound):
        _key(service)
    assert world.directory.keys_of("1") == []


def test_the_directory_is_for_admins(service: DirectoryService) -> None:
    _put(service, "1")
    uses: list[Callable[[], object]] = [
        lambda: service.user(USER, "1"),
        lambda: service.users(USER, None, 9),
        lambda: service.put_user(USER, "1", name="x", role=Role.ADMIN, groups=()),
        lambda: service.delete_user(USER, "1"),
        lambda: service.keys(USER, "1", None, 200),
        lambda: service.make_key(USER, "1", name="x", rights=frozenset()),
        lambda: service.revoke_key(USER, "1", "key_x"),
    ]
    for use in uses:
        with pytest.raises(Forbidden):
            use()


def test_users_come_in_pages(service: DirectoryService) -> None:
    for user_id in ("c", "a", "b"):
        _put(service, user_id)
    first, after = service.users(ADMIN, None, 2)
    second, end = service.users(ADMIN, after, 2)
    assert [each.id for each in first + second] == ["a", "b", "c"]
    assert (after, end) == ("b", None)


def test_set_up_makes_a_user_and_keeps_the_key_it_was_given(service: DirectoryService) -> None:
    assert service.ensure_user("9", "Admin", Role.ADMIN, key="phk_mine") == "phk_mine"
    assert service.ensure_user("9", "Admin", Role.ADMIN, key="phk_mine") == "phk_mine"
    assert service.authenticate("phk_mine").is_admin
    assert len(service.keys(ADMIN, "9", None, 200)[0]) == 1
    assert service.authenticate(service.ensure_user("1", "User", Role.USER)).user_id == "1"


def test_a_process_remembers_a_bounded_number_of_keys(service: DirectoryService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.services.directory._CACHED_KEYS_MAX", 3)
    _put(service)
    keys = [_key(service) for _ in range(10)]
    assert [service.authenticate(key).user_id for key in keys] == ["1"] * 10
    assert len(service._cached) <= 3
