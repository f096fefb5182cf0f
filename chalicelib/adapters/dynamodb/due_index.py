"""The index `due` of the history table: what is to be looked at, by time.

It has the keys of records whose next attempt waits, and of lists of waiting deliveries, each kind under shards of its own.
It is eventually consistent, so what it proposes is read again before anything is done with it.
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
    """A key that is due, and when. The time is a text that sorts."""

    due_at: str


def first(table: Table, shards: Sequence[str], by: datetime, limit: int) -> list[Due]:
    """The keys of what is due by a time, the longest due first, of all shards."""
    found = [map(Due.of, table.first(_due(shard, by), limit)) for shard in shards]
    return list(islice(heapq.merge(*found, key=lambda each: each.due_at), limit))


def _due(shard: str, by: datetime) -> Query:
    return Query(key="#due_shard = :of AND #due_at <= :by", values={":of": shard, ":by": by}, index="due")
