"""Parse times: ISO 8601 with a time zone, including all of RFC 3339."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

_LEAP_SECOND: Final = re.compile(r"^([\dW-]+\D\d\d:?\d\d:?)60(?!\d)")
"""Matches 60 as the seconds, not as a fraction of a second."""
_BEFORE_MIDNIGHT: Final = (23, 59)


def parse(text: str) -> datetime | None:
    """The time in UTC; ``None`` if the text is not a time, has no time zone, or is out of `datetime`'s range.

    ``T`` and ``Z`` may be lower case (RFC 3339, 5.6). `datetime` has no leap seconds, so a leap second, 23:59:60 in UTC
    (RFC 3339, 5.7), is read as the next second.
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
