"""The subscription rows in the webhooks table, and the rows of the types that a prefix covers.

A prefix row is written before the catalogue is read, and a type is written before the prefix rows are read. So at least one
of the two sees the other, in whatever order they run::

    webhook:  prefix row ─▶ reads the types ─▶ rows of the types ─▶ the webhook itself
    type:         the type ─▶ reads the prefix rows ─▶ rows of the webhooks
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib import concurrency
from chalicelib.adapters.aws import ConditionFailed
from chalicelib.adapters.dynamodb import batches, notification_types, subscription_item
from chalicelib.adapters.dynamodb.table import Condition, Query, Table
from chalicelib.domain.notifications import matching
from chalicelib.domain.notifications.notification_types import NAMES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from chalicelib.adapters.dynamodb.subscription_item import SubscriptionRow
    from chalicelib.adapters.dynamodb.values import Item
    from chalicelib.domain.notifications.matching import Subscription
    from chalicelib.domain.webhooks.webhook import Webhook


class SubscriptionRows:
    """Rows of the webhooks table. Each has the version of the webhook that wrote it."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, webhook: Webhook, rows: Collection[Subscription]) -> None:
        """Write rows, then the rows of the types that their prefixes cover."""
        self._put(webhook, rows)
        self._put(webhook, self.expanded(rows) - frozenset(rows))

    def remove(self, webhook: Webhook, rows: Collection[Subscription]) -> None:
        """Remove rows, and those that follow from their prefixes, of any version, since the webhook is deleted."""
        removed = sorted(self.expanded(rows))
        batches.require(self._table, [batches.deleting(subscription_item.key(row, webhook.id)) for row in removed])

    def retire(self, rows: Collection[Subscription], webhook: Webhook) -> None:
        """Remove rows of subscriptions that the webhook no longer has, unless a later change has written them again.

        BatchWriteItem has no conditions, so each row is one request; requests run in parallel.
        """
        concurrency.run(lambda row: self._retire(row, webhook), list(rows))

    def _retire(self, row: Subscription, webhook: Webhook) -> None:
        is_not_newer = Condition("attribute_not_exists(#version) OR #version <= :version", {":version": webhook.version})
        try:
            self._table.delete(subscription_item.key(row, webhook.id), is_not_newer)
        except ConditionFailed:
            return  # a later change needs it: see the diagram of `DynamoWebhooks.update`

    def expanded(self, rows: Collection[Subscription]) -> frozenset[Subscription]:
        """The rows, and those of the current types that their prefixes cover. Without a prefix nothing is read."""
        if not any(row.is_prefix for row in rows):
            return frozenset(rows)
        return matching.expanded(rows, [*NAMES, *notification_types.names(self._table)])

    def subscribe(self, notification_type: str) -> None:
        """Write the rows of a type for the webhooks that subscribe to a prefix of its name: one query per letter."""
        for length in range(1, len(notification_type) + 1):
            query = Query(
                key="#pk = :pk",
                values={":pk": subscription_item.prefix_partition(notification_type[:length].lower())},
                is_consistent=True,
            )
            self._bring(notification_type, self._table.every(query))

    def _bring(self, notification_type: str, prefix_rows: Iterable[Item]) -> None:
        rows = [subscription_item.brought(each, notification_type) for each in prefix_rows]
        concurrency.run(self._put_unless_newer, rows)

    def _put_unless_newer(self, row: SubscriptionRow) -> None:
        """Keep a row of a newer version: a concurrent older change removes rows whose version is not newer than its own."""
        is_older = Condition("attribute_not_exists(#pk) OR #version < :version", {":version": row.version})
        try:
            self._table.put(row.to_item(), is_older)
        except ConditionFailed:
            return

    def _put(self, webhook: Webhook, rows: Collection[Subscription]) -> None:
        batches.require(self._table, [batches.putting(subscription_item.encode(row, webhook)) for row in sorted(rows)])
