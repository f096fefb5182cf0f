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

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from chalicelib.adapters.dynamodb import values
from chalicelib.adapters.dynamodb.table import Condition
from chalicelib.codec.fields import moment

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.adapters.dynamodb.table import Table
    from chalicelib.adapters.dynamodb.values import Item

_CHANGE: Final = "SET #changed_at = :now ADD #kept :change, #version :one"
_HAS_ROOM: Final = "#kept >= :zero AND #kept < :max"
_IS_AS_READ: Final = "#version = :version"
_IS_NEW: Final = "attribute_not_exists(#pk)"


class Count(NamedTuple):
    """A count as it is kept; `changed_at` is when it was last changed, as a text that sorts like the time."""

    kept: int
    version: int
    changed_at: str

    @property
    def is_known(self) -> bool:
        """Whether everything was counted once."""
        return self.kept >= 0


def taking(table: Table, what: str, at_most: int, now: datetime) -> dict[str, Any]:
    """One more, if there are fewer than `at_most`: a step of a transaction."""
    change: dict[str, values.Value | Item] = {":now": moment(now), ":change": 1, ":one": 1}
    return table.updating(key(what), _CHANGE, change, Condition(_HAS_ROOM, {":zero": 0, ":max": at_most}))


def giving_back(table: Table, what: str, now: datetime) -> dict[str, Any]:
    """One less: a step of a transaction."""
    return table.updating(key(what), _CHANGE, {":now": moment(now), ":change": -1, ":one": 1})


def read(table: Table, what: str) -> Count | None:
    """The count as it is now; ``None`` if there is none yet."""
    item = table.get(key(what))
    if item is None:
        return None
    found = values.plain(item)
    return Count(found["kept"], found["version"], found["changed_at"])


def correct(table: Table, what: str, seen: Count | None, counted: int, now: datetime) -> bool:
    """Put what was counted in the place of the count that was read before; ``False`` if that was changed since."""
    change: dict[str, values.Value | Item] = {":now": moment(now), ":counted": counted, ":one": 1}
    is_as_seen = Condition(_IS_NEW) if seen is None else Condition(_IS_AS_READ, {":version": seen.version})
    return table.is_updated(key(what), "SET #changed_at = :now, #kept = :counted ADD #version :one", change, is_as_seen)


def key(what: str) -> Item:
    """Where the count of something is kept."""
    return values.item({"pk": f"count|{what}", "sk": "count"})
