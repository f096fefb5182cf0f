"""Meters what the requests of an AWS client consume.

It registers for botocore's events, before a request is sent and after its response. What the response does not have (the
item that a write replaced, the items that a filter dropped) is read by a second client, which is not metered.
"""

from __future__ import annotations

import re
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from benchmarks.cost import units
from benchmarks.cost.units import Layout
from benchmarks.cost.usage import Kind, Usage
from chalicelib.adapters.dynamodb.values import Item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BEFORE: Final = "benchmarks.cost.before"
_PARAMETERS: Final = "benchmarks.cost.parameters"
_ROWS: Final = {
    "sub": "subscription rows",
    "journal": "journal rows",
    "kept": "kept notifications",
    "scheduled": "scheduled notifications",
    "claim": "claims",
    "stats": "stats",
    "purge": "purges",
}
"""The kind of an item, by the prefix of its partition key. Others are named after their table."""

Context = dict[str, Any]
Place = tuple[str, Item]
"""A table and a key."""


class DynamoMeter:
    """Counts the units and requests of a DynamoDB client.

    Args:
        client: the metered client.
        aside: another client of the same tables.

    """

    def __init__(self, client: Any, aside: Any) -> None:  # noqa: ANN401 - clients have no type at run time
        self.usage = Usage()
        self._aside = aside
        self._layouts: dict[str, Layout] = {}
        self._lock = Lock()
        client.meta.events.register("provide-client-params.dynamodb", self._sent)
        client.meta.events.register("after-call.dynamodb", self._answered)

    def _sent(self, params: Any, model: Any, context: Context, **_: object) -> None:  # noqa: ANN401 - botocore's
        context[_PARAMETERS] = params
        context[_BEFORE] = [(place, self._item(place)) for place in self._places(model.name, params)]

    def _answered(self, parsed: Any, model: Any, context: Context, **_: object) -> None:  # noqa: ANN401 - botocore's
        params = context[_PARAMETERS]
        if model.name in _READS:
            made = _READS[model.name](self, params, parsed)
        else:
            made = self._writes(model.name, context[_BEFORE], parsed)
        with self._lock:
            self.usage.update(made)

    def _writes(self, operation: str, before: list[tuple[Place, Item | None]], parsed: Any) -> Usage:  # noqa: ANN401
        """A write whose condition fails costs as much as the existing item. Unprocessed items of a batch cost nothing."""
        undone = [
            self._place({"TableName": table, **next(iter(write.values()))})
            for table, writes in parsed.get("UnprocessedItems", {}).items()
            for write in writes
        ]
        times = units.TRANSACTION if operation == "TransactWriteItems" else 1
        made = Usage()
        made.add(Kind.REQUESTS, f"{operation} {_what(*before[0][0])}")
        for place, old in before:
            if place not in undone:
                self._count_write(made, place, (old, self._item(place)), times)
        return made

    def _count_write(self, made: Usage, place: Place, change: tuple[Item | None, Item | None], times: int) -> None:
        what, layout = _what(*place), self._layout(place[0])
        made.add(Kind.WRITE_UNITS, what, times * units.written(*change))
        for index in layout.indexes:
            old, new = (layout.entry(each, index) for each in change)
            if consumed := units.indexed(old, new):
                made.add(Kind.WRITE_UNITS, f"{what}, index {index}", times * consumed)

    def get(self, params: Any, _: Any) -> Usage:  # noqa: ANN401 - botocore's
        """GetItem."""
        table, key = params["TableName"], params["Key"]
        item = self._item((table, key)) or {}
        return _reading("GetItem", _what(table, key), units.read([item], is_consistent=_is_consistent(params)))

    def batch_get(self, params: Any, parsed: Any) -> Usage:  # noqa: ANN401 - botocore's
        """BatchGetItem: each item counts separately, also a missing one."""
        made = Usage()
        for table, asked in params["RequestItems"].items():
            undone = parsed.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
            keys = [key for key in asked["Keys"] if key not in undone]
            what = _what(table, asked["Keys"][0])
            made.add(Kind.REQUESTS, f"BatchGetItem {what}")
            for key in keys:
                item = self._item((table, key)) or {}
                made.add(Kind.READ_UNITS, what, units.read([item], is_consistent=_is_consistent(asked)))
        return made

    def query(self, params: Any, parsed: Any) -> Usage:  # noqa: ANN401 - botocore's
        """Query: all scanned items count together, also those that the filter dropped."""
        table, index = params["TableName"], params.get("IndexName")
        layout = self._layout(table)
        seen = self._looked_at(params, parsed)
        entries = seen if index is None else [layout.entry(item, index) or item for item in seen]
        values = params["ExpressionAttributeValues"]
        partition = layout.key[0] if index is None else layout.indexes[index][0]
        first = next(iter(values.values())) if not seen else seen[0][partition]
        what = _what(table, {layout.key[0]: first}) + ("" if index is None else f", index {index}")
        return _reading("Query", what, units.read(entries, is_consistent=_is_consistent(params)))

    def _looked_at(self, params: Any, parsed: Any) -> list[Item]:  # noqa: ANN401 - botocore's
        """The scanned items: the same range again, without the filter and with all attributes."""
        if not parsed["ScannedCount"]:
            return []
        again = {key: each for key, each in params.items() if key not in _OF_THE_ANSWER}
        spoken = again["KeyConditionExpression"]
        for names in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
            again[names] = {
                key: each for key, each in params.get(names, {}).items() if key in re.findall(r"[#:]\w+", spoken)
            }
        again = {key: each for key, each in again.items() if each != {}}
        found: list[Item] = self._aside.query(**again, Limit=parsed["ScannedCount"])["Items"]
        return found

    def _places(self, operation: str, params: Any) -> Iterator[Place]:  # noqa: ANN401 - botocore's
        """The items that a request will write."""
        if operation in _READS:
            return
        if operation in {"PutItem", "UpdateItem", "DeleteItem"}:
            yield self._place(params)
        elif operation == "BatchWriteItem":
            for table, writes in params["RequestItems"].items():
                yield from (self._place({"TableName": table, **next(iter(each.values()))}) for each in writes)
        elif operation == "TransactWriteItems":
            yield from (self._place(next(iter(each.values()))) for each in params["TransactItems"])
        else:
            message = f"The meter does not know what {operation} consumes."
            raise NotImplementedError(message)

    def _place(self, write: Any) -> Place:  # noqa: ANN401 - botocore's
        table = write["TableName"]
        return table, write.get("Key") or self._layout(table).key_of(write["Item"])

    def _item(self, place: Place) -> Item | None:
        table, key = place
        item: Item | None = self._aside.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")
        return item

    def _layout(self, table: str) -> Layout:
        if table not in self._layouts:
            self._layouts[table] = Layout.of(self._aside.describe_table(TableName=table)["Table"])
        return self._layouts[table]


_READS: Final[dict[str, Callable[[DynamoMeter, Any, Any], Usage]]] = {
    "GetItem": DynamoMeter.get,
    "BatchGetItem": DynamoMeter.batch_get,
    "Query": DynamoMeter.query,
}
_OF_THE_ANSWER: Final = frozenset({"FilterExpression", "ProjectionExpression", "Select", "Limit", "ReturnConsumedCapacity"})
"""Parameters that select from the range, and do not define it."""


def _what(table: str, key: Item) -> str:
    """The kind of an item: by its partition key, or the last word of its table's name."""
    partition = next(iter(key.values())).get("S", "")
    name = table.rpartition("-")[2]
    return _ROWS.get(partition.partition("|")[0], {"history": "records"}.get(name, name))


def _reading(operation: str, what: str, consumed: float) -> Usage:
    made = Usage()
    made.add(Kind.REQUESTS, f"{operation} {what}")
    made.add(Kind.READ_UNITS, what, consumed)
    return made


def _is_consistent(asked: Any) -> bool:  # noqa: ANN401 - botocore's
    return bool(asked.get("ConsistentRead", False))
