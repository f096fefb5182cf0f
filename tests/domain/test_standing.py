"""What a write on a person's behalf needs, and whose a webhook is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from chalicelib.domain.directory.preconditions import CLOCKS_DIFFER, Standing, is_owned_by, of_actor, of_change
from chalicelib.domain.directory.users import Caller, Role, User
from tests.domain.samples import NOON, webhook

ANN: Final = User(id="1", name="Ann", role=Role.USER, groups=("ops",), created_at=NOON, updated_at=NOON, incarnation="inc_1")
OWNER, ADMIN = Caller("1", Role.USER, incarnation="inc_1"), Caller("9", Role.ADMIN, incarnation="inc_9")
AS_ADMIN: Final = Standing(user_id="9", incarnation="inc_9", role=Role.ADMIN)


@pytest.mark.parametrize(
    "changes",
    [{"incarnation": "inc_2"}, {"role": Role.ADMIN}, {"groups": ()}, {"is_enabled": False}, {"id": "2"}],
)
def test_a_user_who_has_changed_is_not_as_they_were_read(changes: dict[str, Any]) -> None:
    assert Standing.as_read(ANN).holds_for(ANN)
    assert not Standing.as_read(ANN).holds_for(replace(ANN, **changes))


def test_nobody_has_any_standing() -> None:
    assert not Standing(user_id="1").holds_for(None)


def test_a_name_is_nothing_that_a_webhook_depends_on() -> None:
    assert Standing.as_read(ANN).holds_for(replace(ANN, name="Anna", updated_at=NOON + timedelta(days=1)))


def test_a_key_that_is_remembered_of_an_earlier_user_of_the_id_changes_nothing() -> None:
    earlier = Caller("1", Role.ADMIN, incarnation="inc_0")
    assert not of_actor(earlier, webhook(1, owner_id="1", owner_incarnation="inc_1")).holds_for(ANN)
    assert not of_actor(earlier, webhook(1, owner_id="2")).holds_for(replace(ANN, role=Role.ADMIN))


def test_a_webhook_that_may_reach_private_networks_needs_an_owner_who_is_an_admin() -> None:
    inside = webhook(1, owner_id="1", owner_incarnation="inc_1", may_reach_private=True)
    assert of_change(OWNER, inside) == (Standing(user_id="1", incarnation="inc_1", role=Role.ADMIN),)


def test_an_owner_changes_as_the_user_that_the_webhook_names() -> None:
    hers = webhook(1, owner_id="1", owner_incarnation="inc_1")
    assert of_actor(OWNER, hers) == Standing(user_id="1", incarnation="inc_1")
    assert of_change(OWNER, hers) == (Standing(user_id="1", incarnation="inc_1"),)


def test_a_global_webhook_that_is_called_needs_an_owner_who_is_an_admin() -> None:
    everything = webhook(1, owner_id="1", owner_incarnation="inc_1", is_global=True)
    owner = Standing(user_id="1", incarnation="inc_1", role=Role.ADMIN)
    assert of_change(OWNER, everything) == (owner,)
    assert of_change(ADMIN, everything) == (AS_ADMIN, owner)


@pytest.mark.parametrize("changes", [{"is_enabled": False}, {"disabled_reason": "Why."}])
def test_what_is_not_called_needs_nothing_of_its_owner(changes: dict[str, Any]) -> None:
    idle = webhook(1, owner_id="1", owner_incarnation="inc_1", is_global=True, **changes)
    assert of_change(ADMIN, idle) == (AS_ADMIN,)
    assert of_change(OWNER, idle) == (Standing(user_id="1", incarnation="inc_1"),)


def test_no_two_standings_of_a_change_are_of_one_user() -> None:
    """A transaction takes one step for an item."""
    own = webhook(1, owner_id="9", is_global=True)
    assert len(of_change(ADMIN, own)) == 1


@pytest.mark.parametrize(("incarnation", "is_hers"), [("inc_1", True), ("inc_2", False)])
def test_a_webhook_that_names_an_incarnation_is_that_users_whatever_a_clock_said(incarnation: str, *, is_hers: bool) -> None:
    old = webhook(1, owner_id="1", owner_incarnation=incarnation, created_at=NOON - timedelta(days=1))
    assert is_owned_by(old, ANN) is is_hers


def test_one_of_an_older_release_is_the_users_if_it_was_made_after_the_user() -> None:
    assert is_owned_by(webhook(1, owner_id="1", created_at=NOON - CLOCKS_DIFFER / 2), ANN)
    assert not is_owned_by(webhook(1, owner_id="1", created_at=NOON - CLOCKS_DIFFER * 2), ANN)


def test_a_webhook_is_nobody_elses() -> None:
    assert not is_owned_by(webhook(1, owner_id="2"), ANN)
