"""Where a service is, its key, and parts of its paths: checked before anything is sent."""

from __future__ import annotations

from urllib.parse import quote, urlsplit


def checked_url(url: str) -> str:
    """A URL without the slash at its end; raise `ValueError` where no service can be at it."""
    parts = urlsplit(url.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment or parts.username:
        message = f"{url!r} is no address of a service: https://… is expected."
        raise ValueError(message)
    return url.strip().rstrip("/")


def checked_key(key: str) -> str:
    """A key without blanks around it; raise `ValueError` where it can be none."""
    stripped = key.strip()
    if not stripped or not stripped.isascii() or not stripped.isprintable() or " " in stripped:
        message = "That is no API key: a key is one word of letters, digits and signs."
        raise ValueError(message)
    return stripped


def segment(part: str | int) -> str:
    """A part of a path, whatever characters it has; raise `ValueError` for one that would lead elsewhere."""
    text = str(part)
    if text in {"", ".", ".."}:
        message = f"{text!r} is no id."
        raise ValueError(message)
    return quote(text, safe="")
