"""Parsing of times: ISO 8601 with a time zone, and all of RFC 3339."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

_LEAP_SECOND: Final = re.compile(r"^([\dW-]+\D\d\d:?\d\d:?)60(?!\d)")
"""At the position of the seconds, which have no fraction."""
_BEFORE_MIDNIGHT: Final = (23, 59)


def parse(text: str) -> datetime | None:
    """The time in UTC; ``None`` if it is not a time, has no time zone, or is outside the calendar.

    ``T`` and ``Z`` may be lower case (RFC 3339, 5.6). A leap second, 23:59:60 in UTC, becomes the next second (RFC 3339,
    5.7): Python's calendar has none.
    """
    text = text.replace("z", "Z")
    plain = _LEAP_SECOND.sub(r"\g<1>59", text)
    try:
        at = datetime.fromisoformat(plain)
        if at.tzinfo is None:
            return None
        at = at.astimezone(UTC)
        if plain == text:
            return at
        return at + timedelta(seconds=1) if (at.hour, at.minute) == _BEFORE_MIDNIGHT else None
    except (ValueError, OverflowError):
        return None
