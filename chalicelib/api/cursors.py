"""Pagination cursors: positions in a list, opaque to callers.

A cursor is base64url of a digest and a position. The digest covers the list, its filters and the position, so a cursor that
was changed, or belongs to another list or other filters, is refused. This guards against mistakes and is no signature: every
page checks the caller's rights again, so a forged cursor shows only what its forger may see.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import Final, NamedTuple

from chalicelib.domain.errors import InvalidCursor

LENGTH_MAX: Final = 1_024
_DIGEST_BYTES: Final = 12


class Listing(NamedTuple):
    """A list with pagination: what it lists, and its filters."""

    kind: str
    filters: tuple[str | None, ...] = ()


def encode(listing: Listing, position: str) -> str:
    """The cursor for a position in a list."""
    content = position.encode()
    return base64.urlsafe_b64encode(_digest(listing, content) + content).decode().rstrip("=")


def decode(listing: Listing, cursor: str) -> str:
    """The position in a cursor; raise `InvalidCursor` if it does not belong to this list."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        position = raw[_DIGEST_BYTES:].decode()
    except (binascii.Error, ValueError) as error:
        raise invalid() from error
    if encode(listing, position) != cursor:
        raise invalid()
    return position


def invalid() -> InvalidCursor:
    """The error for a cursor of another list."""
    message = "This cursor does not belong to this list or these filters. Start again without a cursor."
    return InvalidCursor(message, {"cursor": "It does not belong to this list."})


def _digest(listing: Listing, content: bytes) -> bytes:
    scope = json.dumps([listing.kind, *listing.filters]).encode()
    return hashlib.sha256(scope + b"\x00" + content).digest()[:_DIGEST_BYTES]
