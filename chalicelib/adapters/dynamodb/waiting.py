"""Deliveries that wait, in the history table: one partition for each webhook, oldest delivery first.

=======================  ==========================  ===================================================================
webhook_id               sort                        what it is
=======================  ==========================  ===================================================================
``waiting|<webhook id>``  ``list``                    the list: `due_shard` and `due_at` put it into the index `due`;
                                                     `window`, `version`, `holds` (numbers)
``waiting|<webhook id>``  ``d|<delivery>|<record>|n``  an attempt with n hops: `b`, compressed
=======================  ==========================  ===================================================================

Nothing here expires: a waiting delivery is released, or removed with its webhook.

Why the hops are part of the key::

    release     sends the attempt (n hops) ───────────────────────────── removes ``…|n``
    a worker    receives it, finds the circuit open ── holds ``…|n + 1``  (which stays)

Why a list counts its holds::

    release     finds no attempt left ───────────────────────── closes the list, if `holds` is as it was ✗
    a worker    ────────────────── holds an attempt, `holds` + 1
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from chalicelib import concurrency
from chalicelib.adapters.aws import ConditionFailed
from chalicelib.adapters.dynamodb import batches, due_index, values
from chalicelib.adapters.dynamodb.compression import pack, unpack
from chalicelib.adapters.dynamodb.table import Condition, Query, Table
from chalicelib.codec.fields import Fields, moment
from chalicelib.codec.messages import attempt_from_text, attempt_to_bytes
from chalicelib.delivery.ports import WaitingList
from chalicelib.domain import ids

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.adapters.dynamodb.values import Item, Value
    from chalicelib.domain.delivery.attempt import PendingAttempt

SHARDS: Final = tuple(f"waiting|{shard}" for shard in range(4))
"""What the shards of lists are called in the index `due`."""
_LIST: Final = "list"
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
        """Write the attempts, then join each list: who finds an attempt finds its list, sooner or later."""
        unique = {_sort(each): each for each in attempts}
        batches.require(self._table, [batches.putting(_encode(each)) for each in unique.values()])
        holds = concurrency.run(lambda each: self._join(each, wake_at[each], window), list(wake_at))
        return {webhook_id for webhook_id, count in zip(wake_at, holds, strict=True) if count == 1}

    def list_of(self, webhook_id: str) -> WaitingList | None:
        """The list, by one read."""
        item = self._table.get(_key(webhook_id))
        return None if item is None else _list(webhook_id, item)

    def oldest(self, webhook_id: str, limit: int) -> list[PendingAttempt]:
        """Attempts in the order of their sort keys."""
        return [attempt_from_text(unpack(item["b"]["B"])) for item in self._table.first(_attempts(webhook_id), limit)]

    def remove(self, attempts: Sequence[PendingAttempt]) -> None:
        """Remove attempts by their keys, which have their hops."""
        batches.require(self._table, [batches.deleting(_key(each.webhook_id, _sort(each))) for each in attempts])

    def due(self, by: datetime, limit: int) -> list[str]:
        """Webhooks whose lists are due, as the index has them."""
        items = due_index.first(self._table, SHARDS, by, limit)
        return [item["webhook_id"]["S"].removeprefix(_partition("")) for item in items]

    def move(self, old: WaitingList, wake_at: datetime, window: int) -> WaitingList | None:
        """One conditional write."""
        is_as_read = Condition("#version = :old", {":old": old.version})
        change: dict[str, Value | Item] = {":at": moment(wake_at), ":window": window, ":new": old.version + 1}
        expression = "SET #due_at = :at, #window = :window, #version = :new"
        if not self._table.is_updated(_key(old.webhook_id), expression, change, is_as_read):
            return None
        return replace(old, wake_at=wake_at, window=window, version=old.version + 1)

    def wake(self, webhook_id: str, at: datetime) -> bool:
        """One conditional write. A step that has moved the list before finds it moved again, and stops."""
        change: dict[str, Value | Item] = {":at": moment(at), ":one": 1}
        return self._table.is_updated(_key(webhook_id), "SET #due_at = :at ADD #version :one", change, _IS_THERE)

    def close(self, old: WaitingList) -> bool:
        """One conditional removal; if it was repeated and the list is gone, the first try has removed it."""
        is_as_read = Condition("#version = :version AND #holds = :holds", {":version": old.version, ":holds": old.holds})
        try:
            self._table.delete(_key(old.webhook_id), is_as_read)
        except ConditionFailed as failed:
            return failed.was_repeated and not failed.item
        return True

    def forget(self, webhook_id: str, delivery_id: str) -> None:
        """Remove the attempts of one delivery, which are few."""
        prefix = f"d|{delivery_id.removeprefix(ids.DELIVERY)}|"
        items = self._table.every(_attempts(webhook_id, prefix, has_content=False))
        batches.require(self._table, [batches.deleting(_key(webhook_id, item["sort"]["S"])) for item in items])

    def purge(self, webhook_id: str, limit: int) -> int:
        """Remove attempts; where none is left, the list."""
        items = self._table.first(_attempts(webhook_id, has_content=False), limit)
        batches.require(self._table, [batches.deleting(_key(webhook_id, item["sort"]["S"])) for item in items])
        if len(items) < limit:
            self._table.delete(_key(webhook_id))
        return len(items)

    def _join(self, webhook_id: str, wake_at: datetime, window: int) -> int:
        """Make or join a list; return its `holds` then."""
        shard = SHARDS[zlib.crc32(webhook_id.encode()) % len(SHARDS)]
        change: dict[str, Value | Item] = {
            ":shard": shard,
            ":at": moment(wake_at),
            ":window": window,
            ":zero": 0,
            ":one": 1,
        }
        return int(self._table.update(_key(webhook_id), _JOIN, change)["holds"]["N"])


def _partition(webhook_id: str) -> str:
    return f"waiting|{webhook_id}"


def _key(webhook_id: str, sort: str = _LIST) -> Item:
    return values.item({"webhook_id": _partition(webhook_id), "sort": sort})


def _sort(attempt: PendingAttempt) -> str:
    """Deliveries by their time. The record distinguishes the attempts of a delivery, the hops the holds of an attempt."""
    delivery = attempt.delivery_id.removeprefix(ids.DELIVERY)
    return f"d|{delivery}|{attempt.record_id.sort}|{attempt.hops.count:06}"


def _encode(attempt: PendingAttempt) -> Item:
    return _key(attempt.webhook_id, _sort(attempt)) | values.item({"b": pack(attempt_to_bytes(attempt))})


def _attempts(webhook_id: str, prefix: str = "d|", *, has_content: bool = True) -> Query:
    return Query(
        key="#webhook_id = :of AND begins_with(#sort, :prefix)",
        values={":of": _partition(webhook_id), ":prefix": prefix},
        attributes=() if has_content else ("sort",),
        is_consistent=True,
    )


def _list(webhook_id: str, item: Item) -> WaitingList:
    given = Fields(values.plain(item))
    return WaitingList(webhook_id, given.time("due_at"), given.whole("window"), given.whole("version"), given.whole("holds"))
