"""Recoveries in the notifications table.

Only its own item decides whether a recovery is running. The item `latest` makes two that start at the same time notice each
other. So nothing has to be released when a recovery ends or dies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.adapters.aws import ConditionFailed
from chalicelib.adapters.dynamodb import batches, recovery_item, standings
from chalicelib.adapters.dynamodb.bounds import HIGHEST
from chalicelib.adapters.dynamodb.stored import SortKey
from chalicelib.adapters.dynamodb.table import Condition, Query, Table
from chalicelib.domain import ids
from chalicelib.domain.directory.preconditions import StandingLost

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.adapters.dynamodb.values import Item
    from chalicelib.domain.directory.preconditions import Standing
    from chalicelib.domain.history.recovery import Recovery


class DynamoRecoveries:
    """Recoveries as items, changed by conditional writes."""

    def __init__(self, client: DynamoDBClient, table: str, *, directory_table: str) -> None:
        self._table = Table(client, table)
        self._directory = Table(client, directory_table)

    def latest(self, webhook_id: str) -> str | None:
        """The id of the webhook's latest recovery, by one read."""
        item = self._table.get(recovery_item.latest_key(webhook_id))
        return None if item is None else recovery_item.Latest.of(item).recovery_id

    def create(self, recovery: Recovery, latest: str | None, held: Sequence[Standing] = ()) -> bool:
        """Three writes in one transaction, one of them with a condition, and a check of each `Standing`."""
        try:
            self._table.transact(
                [
                    self._table.putting(recovery_item.latest(recovery), _is_still(latest)),
                    self._table.putting(recovery_item.listed(recovery)),
                    self._table.putting(recovery_item.encode(recovery)),
                    *standings.checks(self._directory, held),
                ]
            )
        except ConditionFailed as failed:
            if failed.steps - {0}:
                raise StandingLost from failed
            return self.latest(recovery.webhook_id) == recovery.id  # true if an earlier try succeeded
        return True

    def page(self, webhook_id: str, before: str | None, limit: int) -> list[Recovery]:
        """Recoveries, newest first: their ids by one query, the recoveries by one batch read. Expired ones are left out."""
        query = Query(
            key="#pk = :of AND #sk BETWEEN :from AND :to",
            values={
                ":of": recovery_item.webhook_partition(webhook_id),
                ":from": ids.RECOVERY,
                ":to": before or ids.RECOVERY + HIGHEST,
            },
            attributes=("sk",),
            is_forward=False,
            is_consistent=True,
        )
        found = [SortKey.of(item).sk for item in self._table.first(query, limit + 1)]
        wanted = [each for each in found if each != before][:limit]
        items = batches.read(self._table, [recovery_item.key(each) for each in wanted]) if wanted else []
        return sorted(map(recovery_item.decode, items), key=lambda each: each.id, reverse=True)

    def get(self, recovery_id: str) -> Recovery | None:
        """A recovery, by one read."""
        item = self._table.get(recovery_item.key(recovery_id))
        return None if item is None else recovery_item.decode(item)

    def advance(self, old: Recovery, new: Recovery) -> bool:
        """Replace a recovery by one conditional write. ``False`` if it has changed since it was read."""
        try:
            self._table.put(recovery_item.encode(new), Condition("#version = :version", {":version": old.version}))
        except ConditionFailed:
            return False
        return True

    def mark(self, recovery: Recovery, delivery_ids: Collection[str]) -> None:
        """Note that deliveries are finished; one request for up to 25."""
        notes = [recovery_item.settled(recovery, each) for each in dict.fromkeys(delivery_ids)]
        batches.require(self._table, [batches.putting(each) for each in notes])

    def marked(self, recovery: Recovery, delivery_ids: Collection[str]) -> set[str]:
        """The deliveries that are noted; one request for up to 100."""
        keys = [recovery_item.settled_key(recovery.id, each) for each in dict.fromkeys(delivery_ids)]
        return {recovery_item.delivery_of(item) for item in batches.read(self._table, keys, ("pk", "sk"))}

    def purge(self, webhook_id: str, limit: int) -> int:
        """Remove items. The items of a recovery are removed before the item that lists it under the webhook."""
        found: list[Item] = []
        for each in self._table.first(_all_of(recovery_item.webhook_partition(webhook_id)), limit):
            sort = SortKey.of(each).sk
            if sort != recovery_item.LATEST:
                found += self._table.first(_all_of(recovery_item.partition(sort)), limit - len(found))
            if len(found) >= limit:
                break
            found.append(each)
        batches.require(self._table, [batches.deleting(each) for each in found])
        return len(found)


def _all_of(partition: str) -> Query:
    return Query(key="#pk = :of", values={":of": partition}, attributes=("pk", "sk"), is_consistent=True)


def _is_still(latest: str | None) -> Condition:
    if latest is None:
        return Condition("attribute_not_exists(#pk)")
    return Condition("#recovery_id = :latest", {":latest": latest})
