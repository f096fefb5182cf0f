"""The states of a webhook."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.domain.errors import Conflict, WebhookDisabled, WebhookPaused
from tests.domain.samples import at, webhook


def test_a_fresh_webhook_is_live() -> None:
    webhook().require_live()
    assert webhook().is_live


@pytest.mark.parametrize(
    ("changes", "error", "reason"),
    [
        ({"is_enabled": False}, WebhookPaused, "paused"),
        ({"disabled_reason": "It is gone."}, WebhookDisabled, "It is gone."),
        ({"is_enabled": False, "disabled_reason": "It is gone."}, WebhookDisabled, "It is gone."),
    ],
)
def test_a_webhook_that_is_not_live_says_why(changes: dict[str, Any], error: type[Conflict], reason: str) -> None:
    idle = webhook(**changes)
    assert not idle.is_live
    with pytest.raises(error, match=reason):
        idle.require_live()


def test_disabling_keeps_the_reason_and_counts_as_a_change() -> None:
    after = webhook(version=4).disabled("It is gone.", at(5))
    assert (after.disabled_reason, after.version, after.updated_at, after.is_live) == ("It is gone.", 5, at(5), False)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (("modelDeleted",), ("modelDeleted",)),
        (("ALL_NOTIFICATIONS",), ("ALL_NOTIFICATIONS",)),
        (("modelDeleted", "ALL_NOTIFICATIONS", "modelCreated"), ("ALL_NOTIFICATIONS",)),
    ],
)
def test_the_dummy_type_covers_the_rest(given: tuple[str, ...], wanted: tuple[str, ...]) -> None:
    assert webhook(notification_types=given).subscribed_types == wanted
