"""The index `due` of the history table: items by the time at which they are due.

It has the keys of records whose next attempt is scheduled, and of lists of waiting deliveries; each kind has its own shards.
It is eventually consistent, so callers read an item from the table before they act on it.
"""

from __future__ import annotations

import heapq
from itertools import islice
from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb.stored import HistoryKey
from chalicelib.adapters.dynamodb.table import Query

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.adapters.dynamodb.table import Table


class Due(HistoryKey, frozen=True):
    """A key, and the time at which it is due, as a text that sorts in time order."""

    due_at: str


def first(table: Table, shards: Sequence[str], by: datetime, limit: int) -> list[Due]:
    """The keys that are due by a time, from all shards, the longest overdue first."""
    found = [map(Due.of, table.first(_due(shard, by), limit)) for shard in shards]
    return list(islice(heapq.merge(*found, key=lambda each: each.due_at), limit))


def _due(shard: str, by: datetime) -> Query:
    return Query(key="#due_shard = :of AND #due_at <= :by", values={":of": shard, ":by": by}, index="due")
