"""Classes of items, which convert them from and to DynamoDB's types."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

import msgspec

from chalicelib.adapters.dynamodb import values
from chalicelib.codec.codec import converted

if TYPE_CHECKING:
    from chalicelib.adapters.dynamodb.values import Item


class Stored(msgspec.Struct, frozen=True, omit_defaults=True):
    """An item, or the part of it that a read needs. Each field is an attribute.

    No other code uses DynamoDB's types. Attributes without a field are ignored.
    """

    def to_item(self) -> Item:
        """The item in DynamoDB's format."""
        return values.item(msgspec.to_builtins(self, builtin_types=(bytes, datetime)))

    @classmethod
    def of(cls, item: Item) -> Self:
        """The reverse of `to_item`; raise `InvalidInput`, which names the attribute that is missing or not valid."""
        own = {name: item[name] for name in cls.__struct_encode_fields__ if name in item}
        read: Self = converted(values.plain(own), cls)
        return read


class Key(Stored, frozen=True):
    """The key of an item in any table but the history table."""

    pk: str
    sk: str


class SortKey(Stored, frozen=True):
    """The sort key of an item in any table but the history table."""

    sk: str


class HistoryKey(Stored, frozen=True):
    """The key of an item in the history table."""

    webhook_id: str
    sort: str
