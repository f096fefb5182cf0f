"""Verifies that a request was signed with the webhook's secret, by the Standard Webhooks specification 1.0.0.

It needs only the standard library, so a receiver can copy this file. It verifies symmetric signatures (``v1``). Asymmetric
signatures (``v1a``) need ed25519, which the standard library does not have: use the package `standardwebhooks` for those.
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
"""The tolerance of the specification's own libraries. A request that is recorded and replayed later is rejected."""
_VERSION: Final = "v1"
SECRET_BYTES_MIN: Final = 24
SECRET_BYTES_MAX: Final = 64
"""The specification's bounds for a symmetric secret (standard-webhooks.md, "Signature scheme")."""
_TIME_DIGITS_MAX: Final = 12
"""Unix seconds have ten digits until the year 2286. Python refuses to parse a number of thousands of digits."""


class InvalidSignature(ValueError):
    """The request must not be trusted. The message says why."""


def verify(
    secret: str, headers: Mapping[str, str], body: bytes, *, tolerance_s: float = TOLERANCE_S, now_s: float | None = None
) -> str:
    """Return the `webhook-id` of a correctly signed request; raise `InvalidSignature` for any other request.

    Headers cannot cause any other exception, whatever they contain. An invalid secret is a mistake in the receiver's own
    configuration: it raises `ValueError`.

    Args:
        secret: as the service showed it, with or without its prefix.
        headers: of the request; the case of their names does not matter.
        body: the bytes as received. A body that was parsed and serialized again does not verify.
        tolerance_s: seconds by which `webhook-timestamp` may differ from the current time, in either direction.
        now_s: the current time in Unix seconds; by default, the system's clock.

    """
    key = key_of(secret)
    message_id, timestamp, signature = _signed_headers(headers)
    _check_time(timestamp, time.time() if now_s is None else now_s, tolerance_s)
    expected = hmac.digest(key, b".".join((_bytes_of(message_id), timestamp.encode(), body)), "sha256")
    matches = [hmac.compare_digest(each, expected) for each in _signatures(signature)]  # all of them: constant time
    if not any(matches):
        message = "No signature matches: the request was signed with another secret, or it was changed on its way."
        raise InvalidSignature(message)
    return message_id


def key_of(secret: str) -> bytes:
    """The key bytes of a secret; raise `ValueError` if it is not a secret, or is too short or too long."""
    try:
        key = base64.b64decode(secret.strip().removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not SECRET_BYTES_MIN <= len(key) <= SECRET_BYTES_MAX:
        message = (
            f"The secret is not valid: it must be whsec_ followed by {SECRET_BYTES_MIN} to {SECRET_BYTES_MAX} bytes "
            "in base64, as the service shows it."
        )
        raise ValueError(message)
    return key


def _signed_headers(headers: Mapping[str, str]) -> tuple[str, str, str]:
    values = {name.lower(): value for name, value in headers.items() if isinstance(name, str) and isinstance(value, str)}
    try:
        return values["webhook-id"], values["webhook-timestamp"], values["webhook-signature"]
    except KeyError as error:
        message = f"The request is not signed: the header {error.args[0]} is missing."
        raise InvalidSignature(message) from error


def _bytes_of(message_id: str) -> bytes:
    try:
        return message_id.encode()
    except UnicodeEncodeError as error:  # a lone surrogate: WSGI and ASGI servers make them from bytes that are not UTF-8
        message = "The header webhook-id is not valid text."
        raise InvalidSignature(message) from error


def _check_time(timestamp: str, now_s: float, tolerance_s: float) -> None:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _TIME_DIGITS_MAX):
        message = "The header webhook-timestamp is not a time in Unix seconds."
        raise InvalidSignature(message)
    off_s = int(timestamp) - now_s
    if abs(off_s) > tolerance_s:
        problem = "too old" if off_s < 0 else "too far ahead"
        message = f"The header webhook-timestamp is {problem}: it is {abs(off_s):.0f} s off; {tolerance_s:g} s are allowed."
        raise InvalidSignature(message)


def _signatures(header: str) -> list[bytes]:
    """The symmetric signatures in a header, which separates signatures by spaces."""
    pairs = (each.partition(",") for each in header.split())
    return [_decoded(signature) for version, _, signature in pairs if version == _VERSION]


def _decoded(signature: str) -> bytes:
    try:
        return base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return b""
