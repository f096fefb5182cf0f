"""Who is asking."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.directory.users import Caller, Right, Role, digest
from chalicelib.domain.errors import NotAuthenticated
from testbed.fakes.service import FakeAdapters, service_on
from tests.directory.peopled import key_of, put
from tests.domain.samples import NOON

if TYPE_CHECKING:
    from testbed.fakes.service import Service

CACHE_S = 10


@pytest.fixture
def world() -> FakeAdapters:
    return FakeAdapters()


@pytest.fixture
def rooms(world: FakeAdapters) -> Service:
    return service_on(world, key_cache_s=CACHE_S)


@pytest.mark.parametrize("form", ["{}", "Bearer {}", "bearer {}", "BEARER  {} ", " {} "])
def test_a_key_is_taken_raw_and_after_bearer(world: FakeAdapters, rooms: Service, form: str) -> None:
    put(rooms, "1", "ops")
    rights = frozenset({Right.ALL, Right.SEND})
    key = key_of(rooms, rights=rights)
    user, (kept,) = world.directory.user("1"), world.directory.keys_of("1")
    assert user is not None
    caller = rooms.api.callers.authenticate(form.format(key))
    assert caller == Caller("1", Role.USER, ("ops",), rights, user.incarnation, kept.id)


@pytest.mark.parametrize(
    "header", [None, "", " ", "Bearer", "Bearer ", "phk_unknown", "Bearer phk_unknown", "Basic {}", "{}x", "ключ"]
)
def test_what_is_no_live_key_is_refused(rooms: Service, header: str | None) -> None:
    put(rooms)
    key = key_of(rooms)
    with pytest.raises(NotAuthenticated):
        rooms.api.callers.authenticate(header and header.format(key))


def test_a_key_is_read_once_while_it_is_remembered(world: FakeAdapters, rooms: Service) -> None:
    put(rooms)
    key = key_of(rooms)
    rooms.api.callers.authenticate(key)
    world.directory.delete_key(world.directory.keys_of("1")[0])
    world.clock.advance(CACHE_S - 0.001)
    assert rooms.api.callers.authenticate(key).user_id == "1"


def test_a_key_revoked_elsewhere_lives_no_longer_than_it_is_remembered(world: FakeAdapters, rooms: Service) -> None:
    put(rooms)
    key = key_of(rooms)
    rooms.api.callers.authenticate(key)
    world.directory.delete_key(world.directory.keys_of("1")[0])
    world.clock.advance(CACHE_S)
    with pytest.raises(NotAuthenticated):
        rooms.api.callers.authenticate(key)


def test_the_key_of_one_who_is_suspended_elsewhere_lives_no_longer_than_it_is_remembered(
    world: FakeAdapters, rooms: Service
) -> None:
    put(rooms)
    key = key_of(rooms)
    rooms.api.callers.authenticate(key)
    put(service_on(world), is_enabled=False)
    world.clock.advance(CACHE_S - 0.001)
    assert rooms.api.callers.authenticate(key).user_id == "1"
    world.clock.advance(0.001)
    with pytest.raises(NotAuthenticated, match=r"suspended. An admin can enable"):
        rooms.api.callers.authenticate(key)


def test_a_suspended_users_key_works_again_when_the_user_is_enabled(rooms: Service) -> None:
    put(rooms)
    key = key_of(rooms)
    put(rooms, is_enabled=False)
    with pytest.raises(NotAuthenticated, match="suspended"):
        rooms.api.callers.authenticate(key)
    put(rooms)
    assert rooms.api.callers.authenticate(key).user_id == "1"


def test_a_key_expires_at_its_time_also_while_it_is_remembered(world: FakeAdapters, rooms: Service) -> None:
    put(rooms)
    key = key_of(rooms, expires_at=NOON + timedelta(seconds=3))
    world.clock.advance(2.999)
    assert rooms.api.callers.authenticate(key).user_id == "1"
    world.clock.advance(0.001)
    with pytest.raises(NotAuthenticated, match="expired at 2026-03-01T12:00:03Z"):
        rooms.api.callers.authenticate(key)


def test_the_day_of_use_is_noted_once_a_day(world: FakeAdapters, rooms: Service) -> None:
    put(rooms)
    key = key_of(rooms)
    assert rooms.api.keys.keys("1", None, 200)[0][0].last_used_on is None
    rooms.api.callers.authenticate(key)
    assert rooms.api.keys.keys("1", None, 200)[0][0].last_used_on == NOON.date()
    tomorrow = world.clock.advance(24 * 3600).date()
    rooms.api.callers.authenticate(key)
    assert rooms.api.keys.keys("1", None, 200)[0][0].last_used_on == tomorrow


def test_a_change_of_role_and_groups_reaches_the_keys_at_once(rooms: Service) -> None:
    put(rooms, "1", "ops", role=Role.ADMIN)
    key = key_of(rooms)
    assert rooms.api.callers.authenticate(key).is_admin
    put(rooms, "1", "dev")
    caller = rooms.api.callers.authenticate(key)
    assert (caller.role, caller.groups) == (Role.USER, ("dev",))


def test_a_process_remembers_a_bounded_number_of_keys(rooms: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.access.callers._CACHED_KEYS_MAX", 3)
    put(rooms)
    keys = [key_of(rooms) for _ in range(10)]
    assert [rooms.api.callers.authenticate(key).user_id for key in keys] == ["1"] * 10
    assert len(rooms.api.callers._cached) <= 3


def test_a_key_is_known_by_its_whole_digest_and_not_by_its_id_alone(
    world: FakeAdapters, rooms: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The id is a part of the digest, and no secret: it is in lists and in the audit."""
    put(rooms)
    key = key_of(rooms)
    (kept,) = world.directory.keys_of("1")
    other = replace(kept, digest=digest("phk_of_another"))
    monkeypatch.setattr(world.directory, "key", lambda _: other)
    with pytest.raises(NotAuthenticated):
        rooms.api.callers.authenticate(key)
