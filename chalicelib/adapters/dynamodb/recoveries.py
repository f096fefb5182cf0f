"""Recoveries in the notifications table: one item each, and beside it one for each delivery that is settled."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from chalicelib.adapters.aws import ConditionFailed
from chalicelib.adapters.dynamodb import batches, values
from chalicelib.adapters.dynamodb.table import Condition, Table
from chalicelib.domain.recovery import Recovery, RecoveryState, Wanted
from chalicelib.services.fields import Fields, moment

if TYPE_CHECKING:
    from collections.abc import Collection

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.adapters.dynamodb.values import Item, Value

KEPT_DAYS: Final = 30
"""Days for which a recovery can be looked up, from its start."""
_SETTLED: Final = "settled|"


class DynamoRecoveries:
    """Recoveries as items, changed by conditional writes."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._table = Table(client, table)

    def create(self, recovery: Recovery) -> None:
        """Keep a new one."""
        self._table.put(_encoded(recovery))

    def get(self, recovery_id: str) -> Recovery | None:
        """One of them, by one read."""
        item = self._table.get(_key(recovery_id, "job"))
        return None if item is None else _decoded(values.plain(item))

    def advance(self, old: Recovery, new: Recovery) -> bool:
        """Change it, by one conditional write."""
        try:
            self._table.put(_encoded(new), Condition("#version = :version", {":version": old.version}))
        except ConditionFailed:
            return False
        return True

    def mark(self, recovery: Recovery, delivery_ids: Collection[str]) -> None:
        """Note deliveries, up to 25 by one request."""
        expires = values.item({"expires_at": _expires_at_s(recovery)})
        keys = [_key(recovery.id, _SETTLED + each) for each in dict.fromkeys(delivery_ids)]
        batches.require(self._table, [batches.putting({**key, **expires}) for key in keys])

    def marked(self, recovery: Recovery, delivery_ids: Collection[str]) -> set[str]:
        """Those that are noted, up to 100 by one request."""
        keys = [_key(recovery.id, _SETTLED + each) for each in dict.fromkeys(delivery_ids)]
        return {item["sk"]["S"].removeprefix(_SETTLED) for item in batches.read(self._table, keys, ("pk", "sk"))}


def _key(recovery_id: str, sort: str) -> Item:
    return values.item({"pk": f"job|{recovery_id}", "sk": sort})


def _expires_at_s(recovery: Recovery) -> int:
    return math.ceil((recovery.started_at + timedelta(days=KEPT_DAYS)).timestamp())


def _encoded(recovery: Recovery) -> Item:
    content: dict[str, Value | None] = {
        "id": recovery.id,
        "webhook_id": recovery.webhook_id,
        "only": recovery.only,
        "since": moment(recovery.since),
        "until": moment(recovery.until),
        "started_at": moment(recovery.started_at),
        "updated_at": moment(recovery.updated_at),
        "state": recovery.state,
        "is_surveyed": int(recovery.is_surveyed),
        "cursor": recovery.cursor,
        "enqueued": recovery.enqueued,
        "examined": recovery.examined,
        "version": recovery.version,
        "expires_at": _expires_at_s(recovery),
    }
    return {**_key(recovery.id, "job"), **values.item(content)}


def _decoded(item: dict[str, Any]) -> Recovery:
    fields = Fields(item)
    return Recovery(
        id=fields.text("id"),
        webhook_id=fields.text("webhook_id"),
        only=fields.kind("only", Wanted),
        since=fields.time("since"),
        until=fields.time("until"),
        started_at=fields.time("started_at"),
        updated_at=fields.time("updated_at"),
        state=fields.kind("state", RecoveryState),
        is_surveyed=bool(fields.whole("is_surveyed")),
        cursor=fields.optional("cursor", fields.text),
        enqueued=fields.whole("enqueued"),
        examined=fields.whole("examined"),
        version=fields.whole("version"),
    )
