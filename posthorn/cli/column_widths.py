"""The widths of a table's columns on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

GAP: Final = 2
"""Spaces between two columns."""
_CUT_MIN: Final = 8
_CUT_MAX: Final = 20
"""To how many characters columns are cut at first, if the table does not fit; then to fewer, down to `_CUT_MIN`."""


def widths(longest: Sequence[int], available: int, uncut: Collection[int]) -> list[int] | None:
    """The width of each column. If not all fit, columns are cut to the same bound, and the last one gets the rest.

    `None` if there is no room for that.
    """
    if sum(longest) + GAP * len(longest) <= available:
        return list(longest)
    last = len(longest) - 1
    for bound in range(_CUT_MAX, _CUT_MIN - 1, -1):
        taken = [each if number in uncut else min(each, bound) for number, each in enumerate(longest)]
        rest = available - sum(taken[:-1]) - GAP * len(taken)
        if rest >= taken[-1] if last in uncut else rest >= min(longest[-1], _CUT_MIN):
            return taken if last in uncut else [*taken[:-1], min(longest[-1], rest)]
    return None
