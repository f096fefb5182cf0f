"""Subscription rows, as items of the webhooks table.

===================  ================  =====================================================================
pk                   sk                what it is
===================  ================  =====================================================================
``sub|audience``     type``|``id       a subscription row
``prefix|prefix``    id``|``audience   the row of a prefix (in lower case), from which a type gets its rows
===================  ================  =====================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb.stored import Key, SortKey, Stored
from chalicelib.domain.notifications.matching import Subscription
from chalicelib.domain.notifications.notification_types import WILDCARD

if TYPE_CHECKING:
    from chalicelib.adapters.dynamodb.values import Item
    from chalicelib.domain.webhooks.webhook import Webhook


class SubscriptionRow(Stored, frozen=True):
    """A subscription row, or the row of a prefix, with the version of the webhook that wrote it."""

    pk: str
    sk: str
    version: int


def partition(audience: str) -> str:
    """The partition of an audience's subscription rows."""
    return f"sub|{audience}"


def sort(notification_type: str, webhook_id: str) -> str:
    """The sort key of a subscription row. The rows of a type are next to each other, in the order of their webhooks."""
    return f"{notification_type}|{webhook_id}"


def proposed(item: Item) -> tuple[str, str]:
    """A row's notification type, and the id of a webhook that may subscribe to it."""
    notification_type, _, webhook_id = SortKey.of(item).sk.rpartition("|")
    return notification_type, webhook_id


def prefix_partition(prefix: str) -> str:
    """The partition of the rows of a prefix, given without its wildcard and in lower case."""
    return f"prefix|{prefix}"


def key(source: Subscription, webhook_id: str) -> Item:
    """The key of a subscription row. The row of a prefix is in the prefix's partition, where a new type finds it."""
    return _key(source, webhook_id).to_item()


def _key(source: Subscription, webhook_id: str) -> Key:
    if source.is_prefix:
        prefix = source.notification_type.removesuffix(WILDCARD)
        return Key(pk=prefix_partition(prefix), sk=f"{webhook_id}|{source.audience}")
    return Key(pk=partition(source.audience), sk=sort(source.notification_type, webhook_id))


def encode(source: Subscription, webhook: Webhook) -> Item:
    """A subscription row as an item."""
    return _row(source, webhook.id, webhook.version).to_item()


def brought(prefix_row: Item, notification_type: str) -> SubscriptionRow:
    """The row of a type that follows from the row of a prefix, with the same version."""
    read = SubscriptionRow.of(prefix_row)
    webhook_id, _, audience = read.sk.partition("|")
    return _row(Subscription(audience, notification_type), webhook_id, read.version)


def _row(source: Subscription, webhook_id: str, version: int) -> SubscriptionRow:
    place = _key(source, webhook_id)
    return SubscriptionRow(pk=place.pk, sk=place.sk, version=version)
