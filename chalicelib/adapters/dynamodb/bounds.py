"""Bounds of sort keys."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.domain import ids

if TYPE_CHECKING:
    from datetime import datetime

LOWEST: Final = "0"
"""No sort key is lower."""
HIGHEST: Final = "~"
"""No sort key is higher."""
_ALMOST_A_MILLISECOND: Final = timedelta(microseconds=999)


def lowest_from(at: datetime) -> str:
    """The smallest sort key of a time that is not before `at`. Sort keys have whole milliseconds."""
    return ids.floor_at(at + _ALMOST_A_MILLISECOND)
