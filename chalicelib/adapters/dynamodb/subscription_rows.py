"""The subscription rows in the webhooks table, and those that a prefix brings with it.

A prefix row is written before the catalogue is read, and a type is put before the prefix rows are read. So one of the two
sees the other, whichever way they overlap::

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
    """Rows of the webhooks table; each carries the version of its webhook that wrote it."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, webhook: Webhook, rows: Collection[Subscription]) -> None:
        """Write rows, then those of the types that their prefixes cover."""
        self._put(webhook, rows)
        self._put(webhook, self.expanded(rows) - frozenset(rows))

    def remove(self, webhook: Webhook, rows: Collection[Subscription]) -> None:
        """Remove rows with all that they have brought, whatever version wrote them: the webhook is gone."""
        going = sorted(self.expanded(rows))
        batches.require(self._table, [batches.deleting(subscription_item.key(row, webhook.id)) for row in going])

    def retire(self, rows: Collection[Subscription], webhook: Webhook) -> None:
        """Remove rows that the webhook does not want any more, unless a later change has written them again.

        BatchWriteItem knows no conditions, so each is a request; several are made at once.
        """
        concurrency.run(lambda row: self._retire(row, webhook), list(rows))

    def _retire(self, row: Subscription, webhook: Webhook) -> None:
        is_not_newer = Condition("attribute_not_exists(#version) OR #version <= :version", {":version": webhook.version})
        try:
            self._table.delete(subscription_item.key(row, webhook.id), is_not_newer)
        except ConditionFailed:
            return  # a later change wants it: see the time line of `DynamoWebhooks.update`

    def expanded(self, rows: Collection[Subscription]) -> frozenset[Subscription]:
        """The rows, and those that their prefixes bring as the catalogue stands; without a prefix nothing is read."""
        if not any(row.is_prefix for row in rows):
            return frozenset(rows)
        return matching.expanded(rows, [*NAMES, *notification_types.names(self._table)])

    def subscribe(self, notification_type: str) -> None:
        """Write the rows that a type is owed by every prefix of its name: one query for each of its letters."""
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
        """A row of a newer version stays: an older change may be about to remove what it finds no newer than itself."""
        is_older = Condition("attribute_not_exists(#pk) OR #version < :version", {":version": row.version})
        try:
            self._table.put(row.to_item(), is_older)
        except ConditionFailed:
            return

    def _put(self, webhook: Webhook, rows: Collection[Subscription]) -> None:
        batches.require(self._table, [batches.putting(subscription_item.encode(row, webhook)) for row in sorted(rows)])
