"""Locks in the notifications table.

Attributes of an entry: `pk` (`lock|` and the name), `sk` (`lock`), `holder`, `until` (an ISO text), `expires_at` (seconds;
the table's TTL).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from chalicelib.adapters.aws import ConditionFailed
from chalicelib.adapters.dynamodb import values
from chalicelib.adapters.dynamodb.table import Condition, Table
from chalicelib.codec.fields import moment

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.adapters.dynamodb.values import Item


class DynamoLocks:
    """Locks as conditional writes.

    ::

        A: is free, or its time is over, or it is A's ─▶ A holds it until t
    B:                                 is it free? no: A
    A: still A's ─▶ removed … or A dies, and at t it is anybody's
    """

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._table = Table(client, table)

    def take(self, name: str, holder: str, *, now: datetime, until: datetime) -> str:
        """One write; if it fails, the entry that was in the way comes with the refusal."""
        entry: dict[str, values.Value | None] = {
            **_names(name),
            "holder": holder,
            "until": moment(until),
            "expires_at": math.ceil(until.timestamp()),
        }
        is_free = Condition(
            "attribute_not_exists(#pk) OR #until <= :now OR #holder = :me", {":now": moment(now), ":me": holder}
        )
        try:
            self._table.put(values.item(entry), is_free)
        except ConditionFailed as failed:
            seen = failed.item or self._table.get(_key(name))  # some engines leave the entry out
            return str(seen["holder"]["S"]) if seen else self.take(name, holder, now=now, until=until)
        return holder

    def release(self, name: str, holder: str) -> None:
        """One conditional removal."""
        try:
            self._table.delete(_key(name), Condition("#holder = :me", {":me": holder}))
        except ConditionFailed:
            return


def _key(name: str) -> Item:
    return values.item({**_names(name)})


def _names(name: str) -> dict[str, str]:
    return {"pk": f"lock|{name}", "sk": "lock"}
