"""The units that DynamoDB charges for one request, by its published rules.

docs.aws.amazon.com: "DynamoDB item sizes and formats", "DynamoDB read and write operations", "Managing complex
transactions".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from chalicelib.adapters.dynamodb.values import size_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from chalicelib.adapters.dynamodb.values import Item

WRITE_BYTES: Final = 1_024
READ_BYTES: Final = 4_096
TRANSACTION: Final = 2
"""A write in a transaction counts twice: to prepare, and to commit."""
EVENTUALLY: Final = 0.5
"""An eventually consistent read counts half."""


@dataclass(frozen=True)
class Layout:
    """A table's keys, and the attributes of each index. All indexes project only keys."""

    key: tuple[str, ...]
    indexes: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, description: Mapping[str, Any]) -> Layout:
        """Read it from the response of DescribeTable. Raise `ValueError` if an index projects more than keys."""
        key = _names(description["KeySchema"])
        indexes: dict[str, tuple[str, ...]] = {}
        for each in description.get("GlobalSecondaryIndexes", []):
            if each["Projection"]["ProjectionType"] != "KEYS_ONLY":
                message = f"The meter supports only indexes that project keys; {each['IndexName']} projects more."
                raise ValueError(message)
            indexes[each["IndexName"]] = _names(each["KeySchema"])
        return cls(key, indexes)

    def key_of(self, item: Item) -> Item:
        """The key of an item."""
        return {name: item[name] for name in self.key}

    def entry(self, item: Item | None, index: str) -> Item | None:
        """The entry of an item in an index; ``None`` if it is not in the index."""
        own = self.indexes[index]
        if item is None or not all(name in item for name in own):
            return None
        return {name: item[name] for name in dict.fromkeys((*own, *self.key))}


def written(before: Item | None, after: Item | None) -> int:
    """Units of a write in the table: by the larger of the old and the new item, at least one."""
    return max(1, *(_started(size_bytes(each), WRITE_BYTES) for each in (before or {}, after or {})))


def indexed(before: Item | None, after: Item | None) -> int:
    """Units of the same write in an index: a changed entry is deleted and inserted."""
    if before == after:
        return 0
    return sum(_started(size_bytes(each), WRITE_BYTES) for each in (before, after) if each is not None)


def read(items: Iterable[Item], *, is_consistent: bool) -> float:
    """Units of one read of all these items together, at least one of 4 KB."""
    started = max(1, _started(sum(size_bytes(each) for each in items), READ_BYTES))
    return started * (1 if is_consistent else EVENTUALLY)


def _started(size: int, unit: int) -> int:
    return -(-size // unit)


def _names(schema: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    return tuple(each["AttributeName"] for each in schema)
