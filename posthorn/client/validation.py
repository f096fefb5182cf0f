"""Checks of the service's URL, the API key and parts of paths, before a request is sent."""

from __future__ import annotations

from urllib.parse import quote, urlsplit


def checked_url(url: str) -> str:
    """The URL without a trailing slash; raise `ValueError` if it cannot be the URL of a service."""
    parts = urlsplit(url.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment or parts.username:
        message = f"{url!r} is not the URL of a service. It must look like https://host/path."
        raise ValueError(message)
    return url.strip().rstrip("/")


def checked_key(key: str) -> str:
    """The key without surrounding whitespace; raise `ValueError` if it cannot be an API key."""
    stripped = key.strip()
    if not stripped or not stripped.isascii() or not stripped.isprintable() or " " in stripped:
        message = "This is not an API key: a key is one word of ASCII characters."
        raise ValueError(message)
    return stripped


def path(root: str, *parts: str | int) -> str:
    """A path of the API: its root, and ids and names below it."""
    return "/".join([root, *map(_segment, parts)])


def _segment(part: str | int) -> str:
    """An id or name, percent-encoded for a path; raise `ValueError` for one that would change the path."""
    text = str(part)
    if text in {"", ".", ".."}:
        message = f"{text!r} is not an id."
        raise ValueError(message)
    return quote(text, safe="")
