"""Times as they go over the wire."""

from __future__ import annotations

from datetime import UTC, datetime


def written(at: datetime | str | None) -> str | None:
    """A time in ISO 8601; a text is taken to be one already. Raise `ValueError` for a time without its zone."""
    if at is None or isinstance(at, str):
        return at
    if at.tzinfo is None:
        message = f"{at} has no zone: use datetime.now(UTC), or give it one with astimezone()."
        raise ValueError(message)
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
