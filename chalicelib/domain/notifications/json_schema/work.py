"""Limits on the work that a schema may cause, in units.

A unit is a step of fixed cost: a keyword applied to a value, a lookup, a comparison. The same schema and document always
need the same number of units, on every machine. `docs/adr/0020-schemas-with-a-bound.md` says what a unit costs.
"""

from __future__ import annotations

from typing import Final

CHECK_BASE: Final = 50_000
"""Units for the check of any document."""
CHECK_PER_BYTE: Final = 4
"""Additional units for each byte of the document: a document of 128 KiB has 574,288 units."""
COMPILE_MAX: Final = 400_000
"""Units for compiling a schema."""


class TooMuchWork(Exception):
    """No units are left."""


class Work:
    """The units of work that are left."""

    __slots__ = ("left",)

    def __init__(self, units: int) -> None:
        self.left = units

    def spend(self, units: int) -> None:
        """Subtract units; raise `TooMuchWork` if too few are left."""
        self.left -= units
        if self.left < 0:
            raise TooMuchWork


def allowance(document: str) -> int:
    """The units for the check of a document."""
    return CHECK_BASE + CHECK_PER_BYTE * len(document)
