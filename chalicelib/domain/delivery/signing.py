"""Signatures by the Standard Webhooks specification (github.com/standard-webhooks/standard-webhooks, 1.0.0).

The signed text is ``<webhook-id>.<webhook-timestamp>.<body>``. ``webhook-signature`` lists one signature for each valid
secret, so that receivers can verify with the old or the new secret during a rotation.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nacl.signing import SigningKey

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - a prefix, not a secret
PRIVATE_KEY_PREFIX: Final = "whsk_"
PUBLIC_KEY_PREFIX: Final = "whpk_"
SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class SigningSecret:
    """A symmetric secret, or a private key; `expires_at` is set after a rotation."""

    value: str = field(repr=False)
    expires_at: datetime | None = None

    @property
    def is_private_key(self) -> bool:
        """Whether it makes an asymmetric signature, in addition to the symmetric one that every attempt has."""
        return self.value.startswith(PRIVATE_KEY_PREFIX)

    @property
    def raw(self) -> bytes:
        """The bytes after the prefix."""
        return base64.b64decode(self.value.partition("_")[2])

    @property
    def public_key(self) -> str | None:
        """The public key with which receivers verify, if this is a private key."""
        if not self.is_private_key:
            return None
        return PUBLIC_KEY_PREFIX + base64.b64encode(self.raw[SECRET_BYTES:]).decode()

    def is_live(self, now: datetime) -> bool:
        """Whether attempts are still signed with it."""
        return self.expires_at is None or now < self.expires_at


def new_secret(entropy: bytes) -> SigningSecret:
    """A new symmetric secret from 32 random bytes."""
    return SigningSecret(SECRET_PREFIX + base64.b64encode(entropy[:SECRET_BYTES]).decode())


def new_private_key(entropy: bytes) -> SigningSecret:
    """A new ed25519 private key from 32 random bytes, in the specification's form: the seed, then the public key."""
    key = _signing_key(entropy[:SECRET_BYTES])
    return SigningSecret(PRIVATE_KEY_PREFIX + base64.b64encode(bytes(key) + bytes(key.verify_key)).decode())


def public_key(secrets: Sequence[SigningSecret]) -> str | None:
    """The public key of the newest asymmetric signature; ``None`` if there is none."""
    return next((each.public_key for each in secrets if each.is_private_key), None)


def headers(secrets: Sequence[SigningSecret], *, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of one attempt."""
    timestamp = str(int(at.timestamp()))
    content = b".".join((message_id.encode(), timestamp.encode(), body))
    signatures = [_sign(secret, content) for secret in secrets if secret.is_live(at)]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }


def _sign(secret: SigningSecret, content: bytes) -> str:
    """``v1`` is HMAC-SHA256 with the bytes after the prefix, ``v1a`` an ed25519 signature."""
    if secret.is_private_key:
        signature = _signing_key(secret.raw[:SECRET_BYTES]).sign(content).signature
        return "v1a," + base64.b64encode(signature).decode()
    return "v1," + base64.b64encode(hmac.digest(secret.raw, content, "sha256")).decode()


def _signing_key(seed: bytes) -> SigningKey:
    from nacl.signing import SigningKey  # noqa: PLC0415 - only asymmetric signatures need the import

    return SigningKey(seed)
