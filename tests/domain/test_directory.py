"""Keys, and what their holders may do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import directory
from chalicelib.domain.directory import ApiKey, Caller, Right, Role
from tests.domain.samples import NOON

USER, ADMIN = Caller("1", Role.USER), Caller("9", Role.ADMIN)


def _kept(presented: str) -> ApiKey:
    return ApiKey(
        id=directory.key_id(presented),
        digest=directory.digest(presented),
        user_id="1",
        role=Role.USER,
        groups=(),
        name="",
        rights=frozenset(),
        created_at=NOON,
    )


@given(st.binary(min_size=32, max_size=40))
def test_a_new_key_is_known_by_itself_alone(entropy: bytes) -> None:
    key = directory.new_key(entropy)
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
    key = directory.new_key(bytes(32))
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
    ("caller", "may"), [(USER, False), (ADMIN, True), (Caller("1", Role.USER, rights=frozenset({Right.NOTIFY})), True)]
)
def test_notifying_takes_an_admin_or_the_right(caller: Caller, *, may: bool) -> None:
    assert caller.may_notify() is may
