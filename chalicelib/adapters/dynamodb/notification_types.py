"""Admins' notification types, in the webhooks table.

====================  ==================  ====================================================
pk                    sk                  what it is
====================  ==================  ====================================================
``types``             name in lower case  a type without its schema, so that a list stays short
``schemas``           name in lower case  its `schema`, where it has one
====================  ==================  ====================================================
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from chalicelib.adapters.dynamodb import batches, values
from chalicelib.adapters.dynamodb.table import Query, Table
from chalicelib.domain.catalogue import CatalogueEntry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.adapters.dynamodb.values import Item

_TYPES: Final = "types"
_SCHEMAS: Final = "schemas"


class DynamoNotificationTypes:
    """The catalogue's custom part."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._table = Table(client, table)

    def get(self, name: str) -> CatalogueEntry | None:
        """A type and its schema, by one request."""
        items = batches.read(self._table, [_key(_TYPES, name), _key(_SCHEMAS, name)])
        found = {item["pk"]["S"]: item for item in items}
        if _TYPES not in found:
            return None
        entry = _decode(found[_TYPES])
        has_schema = entry.has_schema and _SCHEMAS in found
        return replace(entry, has_schema=has_schema, schema=found[_SCHEMAS]["schema"]["S"] if has_schema else None)

    def put(self, entry: CatalogueEntry) -> None:
        """Both items or none."""
        schema_key = _key(_SCHEMAS, entry.name)
        has_schema = entry.schema is not None
        schema = self._table.putting(schema_key | values.item({"schema": entry.schema})) if has_schema else None
        self._table.transact([self._table.putting(_encode(entry)), schema or self._table.deleting(schema_key)])

    def delete(self, name: str) -> None:
        """Both items."""
        self._table.transact([self._table.deleting(_key(each, name)) for each in (_TYPES, _SCHEMAS)])

    def page(self, after: str | None, limit: int) -> list[CatalogueEntry]:
        """A stretch of the one partition."""
        query = Query(
            key="#pk = :pk" + (" AND #sk > :after" if after else ""),
            values={":pk": _TYPES} | ({":after": after.lower()} if after else {}),
            is_consistent=True,
        )
        return [_decode(item) for item in self._table.first(query, limit)]

    def count(self, at_most: int) -> int:
        """How many there are, counted no further than `at_most`."""
        return self._table.count(Query(key="#pk = :pk", values={":pk": _TYPES}, is_consistent=True), at_most)


def names(table: Table) -> list[str]:
    """All names, strongly consistent: whoever expands a prefix has to see what was put before."""
    query = Query(key="#pk = :pk", values={":pk": _TYPES}, attributes=("name",), is_consistent=True)
    return [item["name"]["S"] for item in table.every(query)]


def _key(partition: str, name: str) -> Item:
    return values.item({"pk": partition, "sk": name.lower()})


def _encode(entry: CatalogueEntry) -> Item:
    kept = {"name": entry.name, "template": entry.template, "description": entry.description}
    return _key(_TYPES, entry.name) | values.item({**kept, "has_schema": int(entry.has_schema)})


def _decode(item: Item) -> CatalogueEntry:
    kept = values.plain(item)
    return CatalogueEntry(
        name=kept["name"],
        template=kept["template"],
        description=kept.get("description"),
        is_custom=True,
        has_schema=bool(kept["has_schema"]),
    )
