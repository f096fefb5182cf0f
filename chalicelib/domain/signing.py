"""Signatures as the Standard Webhooks specification has them (github.com/standard-webhooks/standard-webhooks, 1.0.0).

What is signed is ``<webhook-id>.<webhook-timestamp>.<body>``; ``webhook-signature`` lists one signature for each live
secret, so that a receiver that knows the old one or the new one is content while they are exchanged.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - a prefix, not a secret
SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class SigningSecret:
    """A symmetric secret; `expires_at` is set while a newer one is taking its place."""

    value: str = field(repr=False)
    expires_at: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        """Whether attempts are still signed with it."""
        return self.expires_at is None or now < self.expires_at


def new_secret(entropy: bytes) -> SigningSecret:
    """A fresh secret from 32 random bytes."""
    return SigningSecret(SECRET_PREFIX + base64.b64encode(entropy[:SECRET_BYTES]).decode())


def headers(secrets: Sequence[SigningSecret], *, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of one attempt."""
    timestamp = str(int(at.timestamp()))
    content = b".".join((message_id.encode(), timestamp.encode(), body))
    signatures = [_v1(secret.value, content) for secret in secrets if secret.is_live(at)]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }


def _v1(secret: str, content: bytes) -> str:
    """HMAC-SHA256 with the bytes behind the secret's prefix."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    return "v1," + base64.b64encode(hmac.digest(key, content, "sha256")).decode()
