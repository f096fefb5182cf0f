"""Thousands of webhooks, and notifications that match some of them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from benchmarks.scale.loading import load
from chalicelib.adapters.dynamodb import subscription_item, webhook_item
from chalicelib.domain.notifications.matching import subscriptions
from chalicelib.intake.ports import QueuedNotification
from testbed import samples

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.scale.deployment import Tables
    from chalicelib.adapters.dynamodb.values import Item
    from chalicelib.domain.webhooks.webhook import Webhook

TYPES: Final = ("modelCreated", "modelUpdated", "modelDeleted")
"""The first type has the fewest subscribers, the last one has all."""
_RARE_TYPE: Final = "collectionCreated"
ONLY_SUBSCRIBER: Final = "u-only"
"""The owner of the only webhook that is subscribed to the rare type."""


def load_webhooks(tables: Tables, matches: Sequence[int]) -> None:
    """Create global webhooks, of which `matches` are subscribed to each of `TYPES`, and the one of `ONLY_SUBSCRIBER`."""
    load(tables.url, tables.places["WEBHOOKS_TABLE"], _items(matches))


def notification(notification_type: str) -> QueuedNotification:
    """A notification of 1 KB with a text."""
    return QueuedNotification(_text(notification_type, actionBy=1, targetUser=2))


def notification_for_one() -> QueuedNotification:
    """A notification with all possible sources, that matches one webhook."""
    return QueuedNotification(_text(_RARE_TYPE, actionBy=ONLY_SUBSCRIBER, targetUser="u-other", targetGroup="g-other"))


def _text(notification_type: str, **members: object) -> str:
    said = {
        "notificationType": notification_type,
        "text": "Steve Touw has changed the data source.",
        "modelType": "datasource",
    }
    return json.dumps({**said, **members, "description": "x" * 800})


def _items(matches: Sequence[int]) -> Iterator[Item]:
    for webhook in _webhooks(matches):
        yield webhook_item.encode(webhook)
        yield from (subscription_item.encode(each, webhook) for each in subscriptions(webhook))


def _webhooks(matches: Sequence[int]) -> Iterator[Webhook]:
    yield samples.webhook(owner_id=ONLY_SUBSCRIBER, notification_types=(_RARE_TYPE,), groups=())
    for number in range(matches[-1]):
        wanted = tuple(name for name, count in zip(TYPES, matches, strict=True) if number < count)
        yield replace(samples.webhook(), owner_id=f"u{number}", notification_types=wanted, is_global=True, groups=())
