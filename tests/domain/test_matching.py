"""Which webhooks want a notification."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.notifications import matching
from chalicelib.domain.notifications.matching import Subscription
from chalicelib.domain.webhooks.webhook import ActionType, Webhook
from tests.domain.samples import notified, webhook

if TYPE_CHECKING:
    from chalicelib.domain.notifications.notification import Notification

TRIGGERED, RECEIVED = ActionType.TRIGGERED, ActionType.RECEIVED


def _notified(actor: str | None, target: str | None, group: str | None, kind: str = "modelDeleted") -> Notification:
    return notified(
        json.dumps({"notificationType": kind, "actionBy": actor, "targetUser": target, "targetGroup": group}),
    )


@pytest.mark.parametrize(
    ("action_type", "actor", "target", "group", "is_wanted"),
    [
        (None, None, None, None, False),
        (None, "1", None, None, True),
        (None, None, "1", None, True),
        (None, None, None, "ops", True),
        (None, "2", "2", "dev", False),
        (TRIGGERED, "1", None, None, True),
        (TRIGGERED, None, "1", None, False),
        (TRIGGERED, None, None, "ops", False),
        (TRIGGERED, "2", "1", "ops", False),
        (RECEIVED, "1", None, None, False),
        (RECEIVED, None, "1", None, True),
        (RECEIVED, None, None, "ops", True),
        (RECEIVED, "1", "2", "dev", False),
    ],
)
def test_a_users_webhook_hears_of_the_parts_it_asked_for(
    action_type: ActionType | None,
    actor: str | None,
    target: str | None,
    group: str | None,
    *,
    is_wanted: bool,
) -> None:
    theirs = webhook(owner_id="1", groups=("ops",), action_type=action_type)
    assert (matching.first_source(theirs, _notified(actor, target, group)) is not None) is is_wanted


@pytest.mark.parametrize("action_type", [None, TRIGGERED, RECEIVED])
@pytest.mark.parametrize(("actor", "target", "group"), [(None, None, None), ("2", None, None), ("1", "1", "ops")])
def test_a_global_webhook_hears_of_everything(
    action_type: ActionType | None, actor: str | None, target: str | None, group: str | None
) -> None:
    theirs = webhook(is_global=True, action_type=action_type, groups=("ops",))
    found = matching.first_source(theirs, _notified(actor, target, group))
    assert found == Subscription("global", "ALL_NOTIFICATIONS")


@pytest.mark.parametrize(
    ("types", "kind", "found"),
    [
        (("modelDeleted",), "modelDeleted", "modelDeleted"),
        (("modelDeleted",), "MODELDELETED", "modelDeleted"),
        (("modelDeleted",), "modelCreated", None),
        (("modelDeleted", "modelCreated"), "modelCreated", "modelCreated"),
        (("ALL_NOTIFICATIONS",), "modelCreated", "ALL_NOTIFICATIONS"),
        (("ALL_NOTIFICATIONS",), "neverHeardOf", "ALL_NOTIFICATIONS"),
        (("modelDeleted",), "neverHeardOf", None),
        (("modelDeleted", "ALL_NOTIFICATIONS"), "modelDeleted", "ALL_NOTIFICATIONS"),
    ],
)
def test_types_match_by_name_or_by_all(types: tuple[str, ...], kind: str, found: str | None) -> None:
    source = matching.first_source(webhook(owner_id="1", notification_types=types), _notified("1", None, None, kind))
    assert (source.notification_type if source else None) == found


def test_rows_are_looked_up_in_a_fixed_order() -> None:
    assert matching.sources(_notified("1", "2", "ops")) == (
        ("global", "modelDeleted"), ("global", "ALL_NOTIFICATIONS"),
        ("actor:1", "modelDeleted"), ("actor:1", "ALL_NOTIFICATIONS"),
        ("target:2", "modelDeleted"), ("target:2", "ALL_NOTIFICATIONS"),
        ("group:ops", "modelDeleted"), ("group:ops", "ALL_NOTIFICATIONS"),
    )  # fmt: skip


def test_a_notification_of_the_dummy_type_is_looked_up_once() -> None:
    assert matching.sources(_notified(None, None, None, "all_notifications")) == (("global", "ALL_NOTIFICATIONS"),)


def test_a_webhook_proposed_by_several_rows_is_taken_for_the_first() -> None:
    theirs = webhook(owner_id="1", groups=("ops",))
    assert matching.first_source(theirs, _notified("1", "1", "ops")) == Subscription("actor:1", "ALL_NOTIFICATIONS")


def test_an_all_webhook_has_one_row_for_each_audience() -> None:
    theirs = webhook(owner_id="1", groups=("ops", "dev"), notification_types=("ALL_NOTIFICATIONS", "modelDeleted"))
    assert matching.subscriptions(theirs) == {
        ("actor:1", "ALL_NOTIFICATIONS"), ("target:1", "ALL_NOTIFICATIONS"),
        ("group:ops", "ALL_NOTIFICATIONS"), ("group:dev", "ALL_NOTIFICATIONS"),
    }  # fmt: skip


people = st.sampled_from([None, "1", "2"])
groups = st.sampled_from([None, "1", "ops"])
kinds = st.sampled_from(["modelDeleted", "modelCreated", "neverHeardOf", "ALL_NOTIFICATIONS"])
webhooks = st.builds(
    lambda owner, named, is_global, action_type, member: webhook(
        owner_id=owner, notification_types=tuple(named), is_global=is_global, action_type=action_type, groups=tuple(member)
    ),
    st.sampled_from(["1", "2"]),
    st.lists(st.sampled_from(["modelDeleted", "modelCreated", "ALL_NOTIFICATIONS"]), min_size=1, unique=True),
    st.booleans(),
    st.sampled_from([None, TRIGGERED, RECEIVED]),
    st.lists(st.sampled_from(["1", "ops"]), unique=True),
)


@given(webhooks, people, people, groups, kinds)
def test_a_webhook_is_found_under_its_rows_exactly_if_it_wants_the_notification(
    theirs: Webhook, actor: str | None, target: str | None, group: str | None, kind: str
) -> None:
    taken = _notified(actor, target, group, kind)
    proposing = [source for source in matching.sources(taken) if source in matching.subscriptions(theirs)]
    wants_type = kind in theirs.notification_types or "ALL_NOTIFICATIONS" in theirs.notification_types
    did_it = theirs.owner_id == actor and theirs.action_type is not RECEIVED
    got_it = (theirs.owner_id == target or group in theirs.groups) and theirs.action_type is not TRIGGERED
    assert bool(proposing) == (wants_type and (theirs.is_global or did_it or got_it))
    assert matching.first_source(theirs, taken) == (proposing[0] if proposing else None)
