"""Keys, and what their holders may do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.directory import users
from chalicelib.domain.directory.users import ApiKey, Caller, Right, Role, User
from tests.domain.samples import NOON

USER, ADMIN = Caller("1", Role.USER), Caller("9", Role.ADMIN)


def _kept(presented: str) -> ApiKey:
    return ApiKey(
        id=users.key_id(presented),
        digest=users.digest(presented),
        user_id="1",
        role=Role.USER,
        groups=(),
        name="",
        rights=frozenset({Right.ALL}),
        created_at=NOON,
    )


@given(st.binary(min_size=32, max_size=40))
def test_a_new_key_is_known_by_itself_alone(entropy: bytes) -> None:
    key = users.new_key(entropy)
    assert key.startswith("phk_")
    assert len(key) == len("phk_") + 43
    assert _kept(key).is_for(key)
    assert not _kept(key).is_for(key + "x")
    assert not _kept(key).is_for(key[:-2])


@given(st.text(st.characters(exclude_categories=())))
def test_whatever_is_presented_is_compared_without_raising(presented: str) -> None:
    assert _kept(presented).is_for(presented)
    assert not _kept("phk_x").is_for(presented)


def test_what_is_kept_shows_neither_the_key_nor_its_digest() -> None:
    key = users.new_key(bytes(32))
    kept = _kept(key)
    assert key not in repr(kept)
    assert kept.digest not in repr(kept)
    assert kept.id == f"key_{kept.digest[:24]}"


@pytest.mark.parametrize(
    ("caller", "owner_id", "may"),
    [(USER, "1", True), (USER, "2", False), (USER, "", False), (ADMIN, "1", True), (ADMIN, "9", True)],
)
def test_users_touch_their_own_and_admins_all(caller: Caller, owner_id: str, *, may: bool) -> None:
    assert caller.may_touch(owner_id) is may


@pytest.mark.parametrize(
    ("role", "rights", "may"),
    [
        (Role.USER, {Right.ALL}, "read change"),
        (Role.USER, {Right.ALL, Right.SEND}, "read change send"),
        (Role.USER, {Right.SEND}, "send"),
        (Role.USER, {Right.READ}, "read"),
        (Role.USER, {Right.READ, Right.SEND}, "read send"),
        (Role.USER, set(), ""),
        (Role.ADMIN, {Right.ALL}, "read change send"),
        (Role.ADMIN, {Right.READ}, "read"),
        (Role.ADMIN, {Right.SEND}, "send"),
    ],
)
def test_a_key_may_do_what_its_rights_say_and_no_more(role: Role, rights: set[Right], may: str) -> None:
    caller = Caller("1", role, rights=frozenset(rights))
    acts = {"read": caller.may_read(), "change": caller.may_change(), "send": caller.may_send()}
    assert [act for act, is_allowed in acts.items() if is_allowed] == may.split()


@pytest.mark.parametrize("changes", [{"id": "2"}, {"incarnation": "later"}, {"is_enabled": False}, {"role": Role.USER}])
def test_an_admin_behind_a_key_is_the_same_user_and_still_an_admin(changes: dict[str, Any]) -> None:
    caller = Caller("9", Role.ADMIN, incarnation="first")
    user = User(id="9", name="", role=Role.ADMIN, groups=(), created_at=NOON, updated_at=NOON, incarnation="first")
    assert user.is_still_admin(caller)
    assert not replace(user, **changes).is_still_admin(caller)


def test_a_key_is_expired_from_its_very_time_on() -> None:
    key = replace(_kept("phk_x"), expires_at=NOON)
    assert key.is_expired(NOON)
    assert not key.is_expired(NOON - timedelta(microseconds=1))
    assert not _kept("phk_x").is_expired(NOON)
