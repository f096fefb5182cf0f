"""Locks in the notifications table.

The key is `pk` (`lock|` and the name) and `sk` (`lock`).
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.adapters.aws import ConditionFailed
from chalicelib.adapters.dynamodb.stored import Key, Stored
from chalicelib.adapters.dynamodb.table import Condition, Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.adapters.dynamodb.values import Item


class Lock(Stored, frozen=True):
    """The holder of a lock, and the time at which it ends. `expires_at` (seconds) is the table's TTL."""

    holder: str
    until: datetime
    expires_at: int


class DynamoLocks:
    """Locks as conditional writes.

    ::

        A: is free, or has ended, or is A's ─▶ A holds it until t
        B:                                     is it free? no: A
        A: still A's ─▶ removed … or A dies, and it is free at t
    """

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._table = Table(client, table)

    def take(self, name: str, holder: str, *, now: datetime, until: datetime) -> str:
        """Take a lock by one conditional write, and return its holder. The refusal contains the entry of another holder."""
        lock = Lock(holder=holder, until=until, expires_at=math.ceil(until.timestamp()))
        is_free = Condition("attribute_not_exists(#pk) OR #until <= :now OR #holder = :me", {":now": now, ":me": holder})
        try:
            self._table.put(_key(name) | lock.to_item(), is_free)
        except ConditionFailed as failed:
            seen = failed.item or self._table.get(_key(name))  # some emulators leave the entry out
            return Lock.of(seen).holder if seen else self.take(name, holder, now=now, until=until)
        return holder

    def release(self, name: str, holder: str) -> None:
        """Release a lock, unless it has another holder, by one conditional delete."""
        try:
            self._table.delete(_key(name), Condition("#holder = :me", {":me": holder}))
        except ConditionFailed:
            return


def _key(name: str) -> Item:
    return Key(pk=f"lock|{name}", sk="lock").to_item()
