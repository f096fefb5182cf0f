"""Page cursors: a place in one list, opaque to callers, useless anywhere else.

A cursor is base64url of a digest and a position. The digest covers the list, its filters and the position, so that one that
was altered, or belongs to another list, is refused. It is no signature: it guards against mistakes. Against malice every
page asks for the caller's rights again, so that a forged cursor shows nothing that its forger may not see.
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
    """A list that is paged through: what it lists, and by which filters."""

    kind: str
    filters: tuple[str | None, ...] = ()


def encode(listing: Listing, position: str) -> str:
    """The cursor for a position of a list."""
    content = position.encode()
    return base64.urlsafe_b64encode(_digest(listing, content) + content).decode().rstrip("=")


def decode(listing: Listing, cursor: str) -> str:
    """The position behind a cursor; raise `InvalidCursor` where it is none of this list."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        position = raw[_DIGEST_BYTES:].decode()
    except (binascii.Error, ValueError) as error:
        raise invalid() from error
    if encode(listing, position) != cursor:
        raise invalid()
    return position


def invalid() -> InvalidCursor:
    """The refusal of a cursor."""
    message = "The cursor is none of this list with these filters; begin again without it."
    return InvalidCursor(message, {"cursor": "It is none of this list."})


def _digest(listing: Listing, content: bytes) -> bytes:
    scope = json.dumps([listing.kind, *listing.filters]).encode()
    return hashlib.sha256(scope + b"\x00" + content).digest()[:_DIGEST_BYTES]
