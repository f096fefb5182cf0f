"""Counters in the notifications table.

Attributes of an entry: `pk` (`count|` and the name), `sk` (`count`), `total`, `expires_at` (seconds; the table's TTL).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb.stored import Key, Stored
from chalicelib.adapters.dynamodb.table import Table

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient


class Counter(Stored, frozen=True):
    """A counter, as an update returns it."""

    total: int


class DynamoCounters:
    """Counters as unconditional updates, so that concurrent updates never refuse each other."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._table = Table(client, table)

    def add(self, name: str, amount: int, keep_until: datetime) -> int:
        """Add to a counter, and return its total. It costs one write unit."""
        key = Key(pk=f"count|{name}", sk="count").to_item()
        change = {":amount": amount, ":until": math.ceil(keep_until.timestamp())}
        changed = self._table.update(key, "SET #expires_at = :until ADD #total :amount", change)
        return Counter.of(changed).total
