"""The index `due` of the history table: what is to be looked at, by time.

It has the keys of records whose next attempt waits, and of lists of waiting deliveries, each kind under shards of its own.
It is eventually consistent, so what it proposes is read again before anything is done with it.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb.table import Query
from chalicelib.codec.fields import moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.adapters.dynamodb.table import Table
    from chalicelib.adapters.dynamodb.values import Item


def first(table: Table, shards: Sequence[str], by: datetime, limit: int) -> list[Item]:
    """The keys of what is due by a time, the longest due first, of all shards."""
    found = [table.first(_due(shard, by), limit) for shard in shards]
    merged = heapq.merge(*found, key=lambda item: item["due_at"]["S"])
    return [item for item, _ in zip(merged, range(limit), strict=False)]


def _due(shard: str, by: datetime) -> Query:
    return Query(key="#due_shard = :of AND #due_at <= :by", values={":of": shard, ":by": moment(by)}, index="due")
