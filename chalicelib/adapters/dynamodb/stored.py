"""The classes of the tables' items."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

import msgspec

from chalicelib.adapters.dynamodb import values
from chalicelib.codec.codec import converted

if TYPE_CHECKING:
    from chalicelib.adapters.dynamodb.values import Item


class Stored(msgspec.Struct, frozen=True, omit_defaults=True):
    """A kind of item, or a part of one that is read: a member for each attribute.

    Nothing else knows how DynamoDB writes an attribute. Of what is read, other attributes are passed over.
    """

    def to_item(self) -> Item:
        """As DynamoDB takes it."""
        return values.item(msgspec.to_builtins(self, builtin_types=(bytes, datetime)))

    @classmethod
    def of(cls, item: Item) -> Self:
        """The reverse of `to_item`; raise `InvalidInput`, which names the attribute that is missing or not valid."""
        read: Self = converted(values.plain(item), cls)
        return read


class Key(Stored, frozen=True):
    """The key of an item in any table but the history table."""

    pk: str
    sk: str


class SortKey(Stored, frozen=True):
    """The sort key of such an item."""

    sk: str


class HistoryKey(Stored, frozen=True):
    """The key of an item in the history table."""

    webhook_id: str
    sort: str
