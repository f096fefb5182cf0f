"""Stored counts, so that a limit holds however many requests run concurrently.

A count changes in the transaction that creates or deletes what is counted.

====================  =========  ====================================================================================
pk                    sk         what it is
====================  =========  ====================================================================================
``count|what``        ``count``  how many there are: `kept`; `version`, + 1 at each change; `changed_at`
====================  =========  ====================================================================================

Releases before there were counts stored none. What they created is counted when the count is first needed. Until then
there is no count, or, after a deletion, a negative one: both prevent creation.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from chalicelib.adapters.dynamodb.stored import Key, Stored
from chalicelib.adapters.dynamodb.table import Condition

if TYPE_CHECKING:
    from chalicelib.adapters.dynamodb.table import Table
    from chalicelib.adapters.dynamodb.values import Item, Value

_CHANGE: Final = "SET #changed_at = :now ADD #kept :change, #version :one"
_HAS_ROOM: Final = "#kept >= :zero AND #kept < :max"
_IS_AS_READ: Final = "#version = :version"
_IS_NEW: Final = "attribute_not_exists(#pk)"


class Count(Stored, frozen=True):
    """A stored count; `changed_at` is the time of its last change."""

    kept: int
    version: int
    changed_at: datetime

    @property
    def is_known(self) -> bool:
        """Whether everything has been counted. If it is negative, only deletions were."""
        return self.kept >= 0


def taking(table: Table, what: str, at_most: int, now: datetime) -> dict[str, Any]:
    """Add one if there are fewer than `at_most`, as a step of a transaction."""
    change: dict[str, Value] = {":now": now, ":change": 1, ":one": 1}
    return table.updating(key(what), _CHANGE, change, Condition(_HAS_ROOM, {":zero": 0, ":max": at_most}))


def giving_back(table: Table, what: str, now: datetime) -> dict[str, Any]:
    """Subtract one, as a step of a transaction."""
    return table.updating(key(what), _CHANGE, {":now": now, ":change": -1, ":one": 1})


def read(table: Table, what: str) -> Count | None:
    """The current count (strongly consistent); ``None`` if there is none yet."""
    item = table.get(key(what))
    return None if item is None else Count.of(item)


def correct(table: Table, what: str, seen: Count | None, counted: int, now: datetime) -> bool:
    """Replace the count `seen` by what was counted; ``False`` if the stored count has changed since it was read."""
    change: dict[str, Value] = {":now": now, ":counted": counted, ":one": 1}
    is_as_seen = Condition(_IS_NEW) if seen is None else Condition(_IS_AS_READ, {":version": seen.version})
    return table.is_updated(key(what), "SET #changed_at = :now, #kept = :counted ADD #version :one", change, is_as_seen)


def key(what: str) -> Item:
    """The key of a count."""
    return Key(pk=f"count|{what}", sk="count").to_item()
