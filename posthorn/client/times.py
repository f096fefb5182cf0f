"""Times in the format of the API."""

from __future__ import annotations

from datetime import UTC, datetime


def iso8601(at: datetime | str | None) -> str | None:
    """A time in ISO 8601. A string is returned unchanged. Raise `ValueError` for a `datetime` without a time zone."""
    if at is None or isinstance(at, str):
        return at
    if at.tzinfo is None:
        message = f"{at} has no time zone. Use datetime.now(UTC), or add a time zone with astimezone()."
        raise ValueError(message)
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
