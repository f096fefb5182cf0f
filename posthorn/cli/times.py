"""Times as people write and read them: their own zone, and how long ago."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_SPAN: Final = re.compile(r"(\d{1,6})\s*(s|min|m|h|d|w)(?:\s+ago)?")
_UNITS_S: Final[Mapping[str, int]] = MappingProxyType({"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 604_800})
YEAR_MIN: Final = 2
YEAR_MAX: Final = 9998
"""The calendar's first year and its last have no room for other zones."""
_STEPS: Final = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))
_RECENT_S: Final = 7 * 86_400


def given(text: str, *, ahead: bool = False) -> datetime:
    """Read `2h`, `30min`, `7d` (ago, or ahead), `2026-03-01`, or ISO 8601, in the own zone where it has none.

    Raise `ValueError` for anything else.
    """
    try:
        span = _SPAN.fullmatch(text.strip().lower())
        return _at_distance(span, ahead=ahead) if span is not None else _at(text)
    except OverflowError as error:
        message = (
            f"{text!r} is out of range: a time is in the years {YEAR_MIN} to {YEAR_MAX}, as 2h, 52w and 2026-03-01 are."
        )
        raise ValueError(message) from error


def _at_distance(span: re.Match[str], *, ahead: bool) -> datetime:
    distance = timedelta(seconds=int(span[1]) * _UNITS_S[span[2]])
    now = datetime.now(UTC)
    return _in_range(now + distance if ahead else now - distance)


def _at(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError as error:
        message = f"{text!r} is no time: 2h, 30min, 7d, 2026-03-01 and 2026-03-01T10:00 are some."
        raise ValueError(message) from error
    return _in_range(at).astimezone()


def _in_range(at: datetime) -> datetime:
    """A time that can be brought into any zone; raise `OverflowError` for another one."""
    if not YEAR_MIN <= at.year <= YEAR_MAX:
        raise OverflowError
    return at


def read(text: str) -> datetime:
    """A time of the service's."""
    return datetime.fromisoformat(text)


def local(text: str | None) -> str | None:
    """A time of the service's in the own zone, to the second."""
    return None if text is None else f"{read(text).astimezone():%Y-%m-%d %H:%M:%S}"


def clock(text: str) -> str:
    """The time of day in the own zone; with the day where that is another one, and of another year the day alone."""
    at, now = read(text).astimezone(), datetime.now(UTC).astimezone()
    if at.date() == now.date():
        return f"{at:%H:%M:%S}"
    return f"{at:%m-%d %H:%M}" if at.year == now.year else f"{at:%Y-%m-%d}"


def ago(text: str | None) -> str | None:
    """How long ago, or how far ahead, a time of the service's is; what is a week off is a date."""
    if text is None:
        return None
    distance_s = (datetime.now(UTC) - read(text)).total_seconds()
    if abs(distance_s) > _RECENT_S:
        return f"{read(text).astimezone():%Y-%m-%d}"
    return f"{span(distance_s)} ago" if distance_s >= 0 else f"in {span(-distance_s)}"


def both(text: str | None) -> str | None:
    """A time in the own zone, and how long ago that was."""
    return None if text is None else f"{local(text)} ({ago(text)})"


def span(seconds: float) -> str:
    """A span of time in its largest unit: `3 min`."""
    size, unit = next(((size, unit) for size, unit in _STEPS if seconds >= size), (1, "s"))
    return f"{int(seconds // size)} {unit}"
