"""Waiting deliveries in the history table: one partition per webhook, the oldest delivery first.

A list counts its holds because of this race::

    release     finds no attempt left ───────────────────────── closes the list, if `holds` has not changed ✗
    a worker    ────────────────── holds an attempt, `holds` + 1
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from chalicelib import concurrency
from chalicelib.adapters.aws import ConditionFailed
from chalicelib.adapters.dynamodb import batches, due_index, waiting_item
from chalicelib.adapters.dynamodb.table import Condition, Query, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.adapters.dynamodb.values import Value
    from chalicelib.delivery.ports import WaitingList
    from chalicelib.domain.delivery.attempt import PendingAttempt

_IS_THERE: Final = Condition("attribute_exists(#version)")
_JOIN: Final = (
    "SET #due_shard = if_not_exists(#due_shard, :shard), #due_at = if_not_exists(#due_at, :at), "
    "#window = if_not_exists(#window, :window), #version = if_not_exists(#version, :zero) ADD #holds :one"
)


class DynamoWaiting:
    """Waiting deliveries as items of the history table."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._table = Table(client, table)

    def hold(self, attempts: Sequence[PendingAttempt], wake_at: Mapping[str, datetime], window: int) -> set[str]:
        """Write the attempts, then join the lists. So each attempt has a list, at the latest after a retry."""
        unique = {waiting_item.sort_of(each): each for each in attempts}
        batches.require(self._table, [batches.putting(waiting_item.encode(each)) for each in unique.values()])
        holds = concurrency.run(lambda each: self._join(each, wake_at[each], window), list(wake_at))
        return {webhook_id for webhook_id, count in zip(wake_at, holds, strict=True) if count == 1}

    def list_of(self, webhook_id: str) -> WaitingList | None:
        """The list of a webhook, by one read."""
        item = self._table.get(waiting_item.list_key(webhook_id))
        return None if item is None else waiting_item.decode_list(webhook_id, item)

    def oldest(self, webhook_id: str, limit: int) -> list[PendingAttempt]:
        """Attempts in the order of their sort keys."""
        return list(map(waiting_item.decode, self._table.first(_attempts(webhook_id), limit)))

    def remove(self, attempts: Sequence[PendingAttempt]) -> None:
        """Remove attempts by their keys, which contain the hops."""
        batches.require(self._table, [batches.deleting(waiting_item.key(each)) for each in attempts])

    def due(self, by: datetime, limit: int) -> list[str]:
        """Webhooks whose lists are due, by the index, which is eventually consistent."""
        return [waiting_item.webhook_of(each) for each in due_index.first(self._table, waiting_item.SHARDS, by, limit)]

    def move(self, old: WaitingList, wake_at: datetime, window: int) -> WaitingList | None:
        """Change the time and the window by one conditional write; ``None`` if the list has changed since it was read."""
        is_as_read = Condition("#version = :old", {":old": old.version})
        change: dict[str, Value] = {":at": wake_at, ":window": window, ":new": old.version + 1}
        expression = "SET #due_at = :at, #window = :window, #version = :new"
        if not self._table.is_updated(waiting_item.list_key(old.webhook_id), expression, change, is_as_read):
            return None
        return replace(old, wake_at=wake_at, window=window, version=old.version + 1)

    def wake(self, webhook_id: str, at: datetime) -> bool:
        """Make the list due at a time, by one conditional write. A running step finds that the list has moved, and stops."""
        change: dict[str, Value] = {":at": at, ":one": 1}
        key = waiting_item.list_key(webhook_id)
        return self._table.is_updated(key, "SET #due_at = :at ADD #version :one", change, _IS_THERE)

    def close(self, old: WaitingList) -> bool:
        """Delete the list by one conditional write. If a retry finds no list, the first try has deleted it."""
        is_as_read = Condition("#version = :version AND #holds = :holds", {":version": old.version, ":holds": old.holds})
        try:
            self._table.delete(waiting_item.list_key(old.webhook_id), is_as_read)
        except ConditionFailed as failed:
            return failed.was_repeated and not failed.item
        return True

    def forget(self, webhook_id: str, delivery_id: str) -> None:
        """Remove the attempts of one delivery, which are few."""
        keys = self._table.every(_attempts(webhook_id, waiting_item.prefix_of(delivery_id), has_content=False))
        batches.require(self._table, [batches.deleting(key) for key in keys])

    def purge(self, webhook_id: str, limit: int) -> int:
        """Remove attempts and, if none is left, the list."""
        keys = self._table.first(_attempts(webhook_id, has_content=False), limit)
        batches.require(self._table, [batches.deleting(key) for key in keys])
        if len(keys) < limit:
            self._table.delete(waiting_item.list_key(webhook_id))
        return len(keys)

    def _join(self, webhook_id: str, wake_at: datetime, window: int) -> int:
        """Create or join a list; return its new `holds`."""
        shard = waiting_item.shard_of(webhook_id)
        change: dict[str, Value] = {":shard": shard, ":at": wake_at, ":window": window, ":zero": 0, ":one": 1}
        return waiting_item.Holds.of(self._table.update(waiting_item.list_key(webhook_id), _JOIN, change)).holds


def _attempts(webhook_id: str, prefix: str = waiting_item.DELIVERIES, *, has_content: bool = True) -> Query:
    return Query(
        key="#webhook_id = :of AND begins_with(#sort, :prefix)",
        values={":of": waiting_item.partition(webhook_id), ":prefix": prefix},
        attributes=() if has_content else ("webhook_id", "sort"),
        is_consistent=True,
    )
