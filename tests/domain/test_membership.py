"""Which notifications of the past a webhook may still be given."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from chalicelib.domain.directory.users import Role, User
from chalicelib.domain.notifications import notification
from chalicelib.domain.notifications.eligibility import may_recover
from tests.domain.samples import NOON, webhook

if TYPE_CHECKING:
    from chalicelib.domain.notifications.notification import Notification

MINUTE: Final = timedelta(minutes=1)
OWNER: Final = User(
    id="1",
    name="Ann",
    role=Role.USER,
    groups=("ops",),
    created_at=NOON - timedelta(days=9),
    updated_at=NOON - timedelta(days=1),
    incarnation="inc_1",
    joined_at={"ops": NOON},
)
HERS: Final = webhook(1, owner_id="1", owner_incarnation="inc_1", groups=("ops",))


def told(**members: Any) -> Notification:  # noqa: ANN401 - JSON values
    accepted_at = members.pop("at", NOON)
    text = json.dumps({"notificationType": "modelDeleted", **members})
    return notification.parse(text, notification_id="ntf_1", accepted_at=accepted_at)


def test_a_member_gets_a_groups_notifications_from_when_they_joined_and_none_from_before() -> None:
    assert may_recover(HERS, OWNER, told(targetGroup="ops"))
    assert not may_recover(HERS, OWNER, told(targetGroup="ops", at=NOON - MINUTE))


def test_what_concerns_the_owner_by_themselves_is_older_than_the_membership() -> None:
    assert may_recover(HERS, OWNER, told(targetGroup="ops", actionBy="1", at=NOON - MINUTE))
    assert may_recover(HERS, OWNER, told(targetUser="1", at=NOON - MINUTE))


def test_a_membership_of_unknown_age_began_no_later_than_the_users_last_change() -> None:
    unknown = replace(OWNER, joined_at={})
    assert may_recover(HERS, unknown, told(targetGroup="ops", at=OWNER.updated_at))
    assert not may_recover(HERS, unknown, told(targetGroup="ops", at=OWNER.updated_at - MINUTE))


def test_nothing_from_before_the_user_was_there_is_theirs() -> None:
    """It was for an earlier user of the same id."""
    assert not may_recover(HERS, OWNER, told(actionBy="1", at=OWNER.created_at - MINUTE))
    young = replace(OWNER, created_at=NOON, joined_at={"ops": NOON - MINUTE})
    assert not may_recover(HERS, young, told(targetGroup="ops", at=NOON - MINUTE))


@pytest.mark.parametrize("owner", [None, replace(OWNER, incarnation="inc_2")], ids=["gone", "another one"])
def test_a_webhook_without_its_owner_gets_nothing(owner: User | None) -> None:
    assert not may_recover(HERS, owner, told(actionBy="1"))


@pytest.mark.parametrize(("role", "may"), [(Role.ADMIN, True), (Role.USER, False)])
def test_a_global_webhook_of_an_admin_gets_everything(role: Role, *, may: bool) -> None:
    everything = replace(HERS, is_global=True)
    assert may_recover(everything, replace(OWNER, role=role), told(at=NOON - timedelta(days=30))) is may


def test_what_a_webhook_does_not_want_is_not_for_it() -> None:
    assert not may_recover(HERS, OWNER, told(targetGroup="dev"))
