"""What DynamoDB charges for one request, by its published rules.

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
"""Units of a transaction for each one of a plain write: one to prepare it, one to commit it."""
EVENTUALLY: Final = 0.5
"""Units of an eventually consistent read for each one of a strongly consistent one."""


@dataclass(frozen=True)
class Layout:
    """A table's keys, and the attributes of each of its indexes: all of them keep keys alone."""

    key: tuple[str, ...]
    indexes: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, description: Mapping[str, Any]) -> Layout:
        """Read it out of the answer to DescribeTable; raise `ValueError` for an index that keeps more than keys."""
        key = _names(description["KeySchema"])
        indexes: dict[str, tuple[str, ...]] = {}
        for each in description.get("GlobalSecondaryIndexes", []):
            if each["Projection"]["ProjectionType"] != "KEYS_ONLY":
                message = f"The meter knows indexes of keys alone; {each['IndexName']} keeps more."
                raise ValueError(message)
            indexes[each["IndexName"]] = _names(each["KeySchema"])
        return cls(key, indexes)

    def key_of(self, item: Item) -> Item:
        """Where an item stands."""
        return {name: item[name] for name in self.key}

    def entry(self, item: Item | None, index: str) -> Item | None:
        """What an index keeps of an item; ``None`` where the item is not in it."""
        own = self.indexes[index]
        if item is None or not all(name in item for name in own):
            return None
        return {name: item[name] for name in dict.fromkeys((*own, *self.key))}


def written(before: Item | None, after: Item | None) -> int:
    """Units of a write in the table: the larger of what was there and what is, one at the least."""
    return max(1, *(_started(size_bytes(each), WRITE_BYTES) for each in (before or {}, after or {})))


def indexed(before: Item | None, after: Item | None) -> int:
    """Units of the same write in an index, of which these are the entries: one that changes leaves, and enters anew."""
    if before == after:
        return 0
    return sum(_started(size_bytes(each), WRITE_BYTES) for each in (before, after) if each is not None)


def read(items: Iterable[Item], *, is_consistent: bool) -> float:
    """Units of one read of all these items together, one of 4 KB at the least."""
    started = max(1, _started(sum(size_bytes(each) for each in items), READ_BYTES))
    return started * (1 if is_consistent else EVENTUALLY)


def _started(size: int, unit: int) -> int:
    return -(-size // unit)


def _names(schema: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    return tuple(each["AttributeName"] for each in schema)
