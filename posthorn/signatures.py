"""Checks that a request was signed by the webhook's secret, by the Standard Webhooks specification, 1.0.0.

It needs nothing but the standard library, so a receiver can use it by itself. Symmetric signatures (``v1``) are checked;
asymmetric ones (``v1a``) need ed25519, which the standard library does not have: take `standardwebhooks` for those.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - a prefix, not a secret
TOLERANCE_S: Final = 300
"""What the specification's own libraries allow: a recorded request is worthless after it."""
_VERSION: Final = "v1"
SECRET_BYTES_MIN: Final = 24
SECRET_BYTES_MAX: Final = 64
"""The specification's bounds of a symmetric secret (standard-webhooks.md, "Signature scheme")."""
_TIME_DIGITS_MAX: Final = 12
"""Unix seconds have ten digits until the year 2286; Python refuses to read a number of thousands of digits."""


class InvalidSignature(ValueError):
    """The request is not to be believed; the message says why."""


def verify(
    secret: str, headers: Mapping[str, str], body: bytes, *, tolerance_s: float = TOLERANCE_S, now_s: float | None = None
) -> str:
    """Return the `webhook-id` of a request that is signed as it should be; raise `InvalidSignature` for any other.

    Whatever the headers hold, `InvalidSignature` is all that is raised for them. A secret that cannot be one is the
    receiver's own mistake: `ValueError`.

    Args:
        secret: as the service showed it, with its prefix or without.
        headers: of the request; the case of their names does not matter.
        body: the very bytes that came: what was parsed and written again verifies no more.
        tolerance_s: seconds that `webhook-timestamp` may be off, either way.
        now_s: the time in Unix seconds, where it is not the present.

    """
    key = key_of(secret)
    message_id, timestamp, given = _three(headers)
    _check_time(timestamp, time.time() if now_s is None else now_s, tolerance_s)
    expected = hmac.digest(key, b".".join((_bytes_of(message_id), timestamp.encode(), body)), "sha256")
    found = [hmac.compare_digest(each, expected) for each in _signatures(given)]  # all of them: time tells nothing
    if not any(found):
        message = "No signature matches: another secret has signed it, or it was changed on its way."
        raise InvalidSignature(message)
    return message_id


def key_of(secret: str) -> bytes:
    """The bytes behind a secret's prefix; raise `ValueError` where it is none, or is shorter or longer than secrets are."""
    try:
        key = base64.b64decode(secret.strip().removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not SECRET_BYTES_MIN <= len(key) <= SECRET_BYTES_MAX:
        message = (
            "The secret is none: whsec_ and base64 are expected, as the service shows it, "
            f"of {SECRET_BYTES_MIN} to {SECRET_BYTES_MAX} bytes."
        )
        raise ValueError(message)
    return key


def _three(headers: Mapping[str, str]) -> tuple[str, str, str]:
    given = {name.lower(): value for name, value in headers.items() if isinstance(name, str) and isinstance(value, str)}
    try:
        return given["webhook-id"], given["webhook-timestamp"], given["webhook-signature"]
    except KeyError as error:
        message = f"It is not signed: the header {error.args[0]} is missing."
        raise InvalidSignature(message) from error


def _bytes_of(message_id: str) -> bytes:
    try:
        return message_id.encode()
    except (
        UnicodeEncodeError
    ) as error:  # half a surrogate pair, as WSGI's and ASGI's servers make of bytes that are no UTF-8
        message = "Its webhook-id is no text."
        raise InvalidSignature(message) from error


def _check_time(timestamp: str, now_s: float, tolerance_s: float) -> None:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _TIME_DIGITS_MAX):
        message = "Its webhook-timestamp is no time in Unix seconds."
        raise InvalidSignature(message)
    off_s = int(timestamp) - now_s
    if abs(off_s) > tolerance_s:
        side = "old" if off_s < 0 else "far ahead"
        message = f"Its webhook-timestamp is too {side}: it is {abs(off_s):.0f} s off, and {tolerance_s:g} s are allowed."
        raise InvalidSignature(message)


def _signatures(header: str) -> list[bytes]:
    """The symmetric ones among those that a header lists, with spaces between them."""
    pairs = (each.partition(",") for each in header.split())
    return [_decoded(signature) for version, _, signature in pairs if version == _VERSION]


def _decoded(signature: str) -> bytes:
    try:
        return base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return b""
