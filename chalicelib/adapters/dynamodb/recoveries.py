"""Recoveries in the notifications table.

=========================  ====================  =======================================================================
pk                         sk                    what it is
=========================  ====================  =======================================================================
``job|<recovery>``         ``job``               a recovery
``job|<recovery>``         ``settled|<id>``      a delivery that it need not look at any more
``recoveries|<webhook>``   a recovery's id       says that the webhook has it
``recoveries|<webhook>``   ``latest``            `recovery_id` of the one that was started last
=========================  ====================  =======================================================================

All have `expires_at` (seconds), which is the table's TTL. A recovery is running if its own item says so: `latest` only makes
two that start at once notice each other, so there is nothing to release when one ends, or dies.
"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from chalicelib.adapters.aws import ConditionFailed
from chalicelib.adapters.dynamodb import batches, standings, values
from chalicelib.adapters.dynamodb.bounds import HIGHEST
from chalicelib.adapters.dynamodb.table import Condition, Query, Table
from chalicelib.codec.fields import Fields, moment
from chalicelib.domain import ids
from chalicelib.domain.directory.preconditions import StandingLost
from chalicelib.domain.history.recovery import Recovery, RecoveryState, Wanted

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.adapters.dynamodb.values import Item, Value
    from chalicelib.domain.directory.preconditions import Standing

KEPT_DAYS: Final = 30
"""Days for which a recovery can be looked up, from its start."""
_SETTLED: Final = "settled|"
_PARTITION: Final = "recoveries|"
_LATEST: Final = "latest"


class DynamoRecoveries:
    """Recoveries as items, changed by conditional writes."""

    def __init__(self, client: DynamoDBClient, table: str, *, directory_table: str) -> None:
        self._table = Table(client, table)
        self._directory = Table(client, directory_table)

    def latest(self, webhook_id: str) -> str | None:
        """One read."""
        item = self._table.get(_of_webhook(webhook_id, _LATEST))
        return None if item is None else str(item["recovery_id"]["S"])

    def create(self, recovery: Recovery, latest: str | None, held: Sequence[Standing] = ()) -> bool:
        """Three writes in one transaction, one of them under a condition, and a check for each of the standings."""
        expires = values.item({"expires_at": _expires_at_s(recovery)})
        now_latest = {
            **_of_webhook(recovery.webhook_id, _LATEST),
            **values.item({"recovery_id": recovery.id}),
            **expires,
        }
        try:
            self._table.transact(
                [
                    self._table.putting(now_latest, _is_still(latest)),
                    self._table.putting({**_of_webhook(recovery.webhook_id, recovery.id), **expires}),
                    self._table.putting(_encoded(recovery)),
                    *standings.checks(self._directory, held),
                ]
            )
        except ConditionFailed as failed:
            if failed.steps - {0}:
                raise StandingLost from failed
            return self.latest(recovery.webhook_id) == recovery.id  # a repeated request meets what the first one has written
        return True

    def page(self, webhook_id: str, before: str | None, limit: int) -> list[Recovery]:
        """Ids by one query, then the recoveries by one batch read; one that has expired is left out."""
        query = Query(
            key="#pk = :of AND #sk BETWEEN :from AND :to",
            values={":of": _PARTITION + webhook_id, ":from": ids.RECOVERY, ":to": before or ids.RECOVERY + HIGHEST},
            attributes=("sk",),
            is_forward=False,
            is_consistent=True,
        )
        found = [item["sk"]["S"] for item in self._table.first(query, limit + 1)]
        wanted = [each for each in found if each != before][:limit]
        items = batches.read(self._table, [_key(each, "job") for each in wanted]) if wanted else []
        return sorted((_decoded(values.plain(item)) for item in items), key=lambda each: each.id, reverse=True)

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

    def purge(self, webhook_id: str, limit: int) -> int:
        """Remove items, of each recovery its own before the one that says that the webhook has it."""
        found: list[Item] = []
        for each in self._table.first(_all_of(_PARTITION + webhook_id), limit):
            sort = each["sk"]["S"]
            found += self._table.first(_all_of(f"job|{sort}"), limit - len(found)) if sort != _LATEST else []
            if len(found) >= limit:
                break
            found.append(each)
        batches.require(self._table, [batches.deleting(each) for each in found])
        return len(found)


def _key(recovery_id: str, sort: str) -> Item:
    return values.item({"pk": f"job|{recovery_id}", "sk": sort})


def _of_webhook(webhook_id: str, sort: str) -> Item:
    return values.item({"pk": _PARTITION + webhook_id, "sk": sort})


def _all_of(partition: str) -> Query:
    return Query(key="#pk = :of", values={":of": partition}, attributes=("pk", "sk"), is_consistent=True)


def _is_still(latest: str | None) -> Condition:
    if latest is None:
        return Condition("attribute_not_exists(#pk)")
    return Condition("#recovery_id = :latest", {":latest": latest})


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
        "reached_at": moment(recovery.reached_at),
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
        reached_at=fields.optional("reached_at", fields.time),
        enqueued=fields.whole("enqueued"),
        examined=fields.whole("examined"),
        version=fields.whole("version"),
    )
