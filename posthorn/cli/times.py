"""Times as people write and read them: in their own time zone, or relative to now."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_DURATION: Final = re.compile(r"(\d{1,6})\s*(s|min|m|h|d|w)(?:\s+ago)?")
_UNITS_S: Final[Mapping[str, int]] = MappingProxyType({"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 604_800})
YEAR_MIN: Final = 2
YEAR_MAX: Final = 9998
"""Times in the first and the last year of the calendar cannot be converted to every time zone."""
_STEPS: Final = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))
_RECENT_S: Final = 7 * 86_400


def parse(text: str, *, is_future: bool = False) -> datetime:
    """Parse `2h`, `30min` or `7d` (ago, or ahead if `is_future`), `2026-03-01`, or ISO 8601.

    A time without a zone is in the local zone. Raise `ValueError` for anything else.
    """
    try:
        duration = _DURATION.fullmatch(text.strip().lower())
        return _relative(duration, is_future=is_future) if duration is not None else _absolute(text)
    except OverflowError as error:
        message = f"{text!r} is out of range: the year must be {YEAR_MIN} to {YEAR_MAX}."
        raise ValueError(message) from error


def _relative(duration: re.Match[str], *, is_future: bool) -> datetime:
    distance = timedelta(seconds=int(duration[1]) * _UNITS_S[duration[2]])
    now = datetime.now(UTC)
    return _in_range(now + distance if is_future else now - distance)


def _absolute(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError as error:
        message = f"{text!r} is not a time. Examples: 2h, 30min, 7d, 2026-03-01, 2026-03-01T10:00."
        raise ValueError(message) from error
    return _in_range(at).astimezone()


def _in_range(at: datetime) -> datetime:
    """A time that can be converted to any time zone; raise `OverflowError` for other times."""
    if not YEAR_MIN <= at.year <= YEAR_MAX:
        raise OverflowError
    return at


def from_api(text: str) -> datetime:
    """Parse a time in a result of the API."""
    return datetime.fromisoformat(text)


def local(text: str | None) -> str | None:
    """A time of the API in the local zone, to the second."""
    return None if text is None else f"{from_api(text).astimezone():%Y-%m-%d %H:%M:%S}"


def short(text: str) -> str:
    """The time of day in the local zone. For another day, the date is added; for another year, only the date is shown."""
    at, now = from_api(text).astimezone(), datetime.now(UTC).astimezone()
    if at.date() == now.date():
        return f"{at:%H:%M:%S}"
    return f"{at:%m-%d %H:%M}" if at.year == now.year else f"{at:%Y-%m-%d}"


def relative(text: str | None) -> str | None:
    """How long ago a time of the API was, or how far ahead it is; the date if that is more than a week."""
    if text is None:
        return None
    distance_s = (datetime.now(UTC) - from_api(text)).total_seconds()
    if abs(distance_s) > _RECENT_S:
        return f"{from_api(text).astimezone():%Y-%m-%d}"
    return f"{duration(distance_s)} ago" if distance_s >= 0 else f"in {duration(-distance_s)}"


def local_and_relative(text: str | None) -> str | None:
    """`2026-03-01 10:00:00 (3 min ago)`."""
    return None if text is None else f"{local(text)} ({relative(text)})"


def duration(seconds: float) -> str:
    """A duration in its largest unit: `3 min`."""
    size, unit = next(((size, unit) for size, unit in _STEPS if seconds >= size), (1, "s"))
    return f"{int(seconds // size)} {unit}"
