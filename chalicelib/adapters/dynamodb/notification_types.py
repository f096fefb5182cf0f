"""Admins' notification types, in the webhooks table.

====================  ==================  ====================================================
pk                    sk                  what it is
====================  ==================  ====================================================
``types``             name in lower case  a type without its schema, so that a list stays short
``schemas``           name in lower case  its `schema`, if it has one
``count|types``       ``count``           how many there are (`chalicelib.adapters.dynamodb.counts`)
====================  ==================  ====================================================
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from chalicelib.adapters.aws import ConditionFailed
from chalicelib.adapters.dynamodb import batches, counts, standings, values
from chalicelib.adapters.dynamodb.stored import Key, Stored
from chalicelib.adapters.dynamodb.table import Condition, Query, Table
from chalicelib.codec.codec import Codec
from chalicelib.domain.directory.preconditions import StandingLost
from chalicelib.domain.notifications.catalogue import CatalogueEntry
from chalicelib.intake.ports import Added

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.adapters.dynamodb.values import Item
    from chalicelib.domain.directory.preconditions import Standing

_TYPES: Final = "types"
_SCHEMAS: Final = "schemas"
_IS_NEW: Final = Condition("attribute_not_exists(#pk)")
_IS_THERE: Final = Condition("attribute_exists(#pk)")
_PUT: Final = 0
_COUNT_ALONE: Final = frozenset({2})
"""Numbers of steps of the transaction that adds a type."""
_COUNTS_MAX: Final = 5
"""Tries to add a type while its first count is written."""
_COUNTED_MAX: Final = 100_000
"""More types than there can be: NOTIFICATION_TYPES_MAX is at most 5,000."""


_CODEC: Final = Codec(aside={CatalogueEntry: {"is_custom": True, "schema": None}})


class Schema(Key, frozen=True):
    """The schema of a type."""

    schema: str


class TypeName(Stored, frozen=True):
    """The name of a type."""

    name: str


class DynamoNotificationTypes:
    """The custom types of the catalogue."""

    def __init__(self, client: DynamoDBClient, table: str, *, directory_table: str) -> None:
        self._table = Table(client, table)
        self._directory = Table(client, directory_table)

    def get(self, name: str) -> CatalogueEntry | None:
        """A type with its schema, by one request."""
        items = batches.read(self._table, [_key(_TYPES, name), _key(_SCHEMAS, name)])
        found = {Key.of(item).pk: item for item in items}
        if _TYPES not in found:
            return None
        entry = _decode(found[_TYPES])
        has_schema = entry.has_schema and _SCHEMAS in found
        return replace(entry, has_schema=has_schema, schema=Schema.of(found[_SCHEMAS]).schema if has_schema else None)

    def add(self, entry: CatalogueEntry, held: Sequence[Standing], types_max: int, now: datetime) -> Added:
        """Write the type and its schema and add one to the count, in one transaction."""
        steps = [
            *self._putting(entry, _IS_NEW),
            counts.taking(self._table, _TYPES, types_max, now),
            *standings.checks(self._directory, held),
        ]
        for _ in range(_COUNTS_MAX):
            try:
                self._table.transact(steps)
            except ConditionFailed as failed:
                if _PUT in failed.steps:
                    return Added.ADDED if self.get(entry.name) == entry else Added.THERE
                if failed.steps != _COUNT_ALONE:
                    raise StandingLost from failed
                if not self._is_counted_now(now):
                    return Added.FULL
            else:
                return Added.ADDED
        return Added.FULL

    def put(self, entry: CatalogueEntry, held: Sequence[Standing] = (), *, must_exist: bool = False) -> bool:
        """Write the type and its schema in one transaction. ``False`` if the type must exist and does not."""
        steps = self._putting(entry, _IS_THERE if must_exist else None)
        try:
            self._table.transact([*steps, *standings.checks(self._directory, held)])
        except ConditionFailed as failed:
            if failed.steps != {_PUT}:
                raise StandingLost from failed
            return False
        return True

    def delete(self, name: str, now: datetime, held: Sequence[Standing] = ()) -> None:
        """Delete both items and subtract one from the count, in one transaction."""
        steps = [
            self._table.deleting(_key(_TYPES, name), _IS_THERE),
            self._table.deleting(_key(_SCHEMAS, name)),
            counts.giving_back(self._table, _TYPES, now),
        ]
        try:
            self._table.transact([*steps, *standings.checks(self._directory, held)])
        except ConditionFailed as failed:
            if _PUT not in failed.steps:
                raise StandingLost from failed

    def _putting(self, entry: CatalogueEntry, condition: Condition | None = None) -> list[Any]:
        """The steps that write a type and its schema. If it has none, an earlier schema is removed."""
        schema_key = _key(_SCHEMAS, entry.name)
        if entry.schema is None:
            return [self._table.putting(_encode(entry), condition), self._table.deleting(schema_key)]
        schema = Schema(pk=_SCHEMAS, sk=entry.name.lower(), schema=entry.schema).to_item()
        return [self._table.putting(_encode(entry), condition), self._table.putting(schema)]

    def _is_counted_now(self, now: datetime) -> bool:
        """Count the types from before there were counts; ``False`` if there is a count already."""
        seen = counts.read(self._table, _TYPES)
        if seen is not None and seen.is_known:
            return False
        counts.correct(self._table, _TYPES, seen, self.count(_COUNTED_MAX), now)
        return True

    def page(self, after: str | None, limit: int) -> list[CatalogueEntry]:
        """Types in the order of their names. All are in one partition."""
        query = Query(
            key="#pk = :pk" + (" AND #sk > :after" if after else ""),
            values={":pk": _TYPES} | ({":after": after.lower()} if after else {}),
            is_consistent=True,
        )
        return [_decode(item) for item in self._table.first(query, limit)]

    def count(self, at_most: int) -> int:
        """The number of types, counted up to `at_most`."""
        return self._table.count(Query(key="#pk = :pk", values={":pk": _TYPES}, is_consistent=True), at_most)


def names(table: Table) -> list[str]:
    """All names, strongly consistent: the expansion of a prefix has to see every type that was written before."""
    query = Query(key="#pk = :pk", values={":pk": _TYPES}, attributes=("name",), is_consistent=True)
    return [TypeName.of(item).name for item in table.every(query)]


def _key(partition: str, name: str) -> Item:
    return Key(pk=partition, sk=name.lower()).to_item()


def _encode(entry: CatalogueEntry) -> Item:
    return _key(_TYPES, entry.name) | values.item(_CODEC.to_plain(entry))


def _decode(item: Item) -> CatalogueEntry:
    return _CODEC.from_plain(CatalogueEntry, values.plain(item))
