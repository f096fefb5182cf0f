"""Counts that are kept, so that a limit holds for any number of requests at once.

A count is changed in the transaction that makes or removes what is counted.

====================  =========  ====================================================================================
pk                    sk         what it is
====================  =========  ====================================================================================
``count|what``        ``count``  how many there are: `kept`; `version`, which each change moves; `changed_at`
====================  =========  ====================================================================================

What was made by a release that kept no counts is counted when the count is first needed. Until then there is no count, or,
after a removal, one below zero: neither lets anything be made.
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
    """A count as it is kept; `changed_at` is when it was last changed."""

    kept: int
    version: int
    changed_at: datetime

    @property
    def is_known(self) -> bool:
        """Whether everything was counted once."""
        return self.kept >= 0


def taking(table: Table, what: str, at_most: int, now: datetime) -> dict[str, Any]:
    """One more, if there are fewer than `at_most`: a step of a transaction."""
    change: dict[str, Value] = {":now": now, ":change": 1, ":one": 1}
    return table.updating(key(what), _CHANGE, change, Condition(_HAS_ROOM, {":zero": 0, ":max": at_most}))


def giving_back(table: Table, what: str, now: datetime) -> dict[str, Any]:
    """One less: a step of a transaction."""
    return table.updating(key(what), _CHANGE, {":now": now, ":change": -1, ":one": 1})


def read(table: Table, what: str) -> Count | None:
    """The count as it is now; ``None`` if there is none yet."""
    item = table.get(key(what))
    return None if item is None else Count.of(item)


def correct(table: Table, what: str, seen: Count | None, counted: int, now: datetime) -> bool:
    """Put what was counted in the place of the count that was read before; ``False`` if that was changed since."""
    change: dict[str, Value] = {":now": now, ":counted": counted, ":one": 1}
    is_as_seen = Condition(_IS_NEW) if seen is None else Condition(_IS_AS_READ, {":version": seen.version})
    return table.is_updated(key(what), "SET #changed_at = :now, #kept = :counted ADD #version :one", change, is_as_seen)


def key(what: str) -> Item:
    """The key of a count."""
    return Key(pk=f"count|{what}", sk="count").to_item()
