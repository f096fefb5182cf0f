"""How much work a schema may ask for, in units.

A unit is a step of fixed cost: a keyword on a value, a look-up, a comparison. The same schema and the same document always
take the same number of units, on every machine. `docs/adr/0020-schemas-with-a-bound.md` has what a unit costs.
"""

from __future__ import annotations

from typing import Final

CHECK_BASE: Final = 50_000
"""Units for a check of any document."""
CHECK_PER_BYTE: Final = 4
"""Units for each byte of the document, on top: a document of 128 KiB has 574,288."""
COMPILE_MAX: Final = 400_000
"""Units for making a schema ready for use."""


class TooMuchWork(Exception):
    """The units are used up."""


class Work:
    """Units that are left."""

    __slots__ = ("left",)

    def __init__(self, units: int) -> None:
        self.left = units

    def spend(self, units: int) -> None:
        """Take units; raise `TooMuchWork` if there are fewer."""
        self.left -= units
        if self.left < 0:
            raise TooMuchWork


def allowance(document: str) -> int:
    """The units for a check of a document."""
    return CHECK_BASE + CHECK_PER_BYTE * len(document)
