"""A secret box without encryption: sealed content is not readable by eye, and can only be opened for its own webhook."""

from __future__ import annotations

import hashlib
import os

from chalicelib.adapters.dynamodb.webhook_secrets import Sealed
from chalicelib.domain.errors import Unavailable

TAG_BYTES = 32


class FakeKms:
    """The data keys that all boxes share, by their encrypted form."""

    def __init__(self) -> None:
        self.data_keys: dict[bytes, bytes] = {}
        self.is_refusing = False

    def data_key(self, encrypted: bytes) -> bytes:
        if self.is_refusing or encrypted not in self.data_keys:
            message = "AWS refused Decrypt: AccessDeniedException."
            raise Unavailable(message)
        return self.data_keys[encrypted]

    def new_data_key(self) -> bytes:
        if self.is_refusing:
            message = "AWS refused GenerateDataKey: AccessDeniedException."
            raise Unavailable(message)
        encrypted = os.urandom(40)
        self.data_keys[encrypted] = os.urandom(32)
        return encrypted


class FakeSecretBox:
    """A secret box with a data key for each process, as with KMS."""

    def __init__(self, kms: FakeKms, *, may_seal: bool = True) -> None:
        self.may_seal = may_seal
        self._kms = kms
        self._own: bytes | None = None

    def seal(self, content: bytes, bound_to: bytes) -> Sealed:
        if self._own is None:
            self._own = self._kms.new_data_key()
        nonce = os.urandom(16)
        key = self._kms.data_keys[self._own]
        return Sealed(nonce + _tag(key, nonce, content, bound_to) + _mixed(key, nonce, content), self._own)

    def open(self, sealed: Sealed, bound_to: bytes) -> bytes | None:
        key = self._kms.data_key(sealed.data_key)
        nonce, tag, mixed = sealed.content[:16], sealed.content[16 : 16 + TAG_BYTES], sealed.content[16 + TAG_BYTES :]
        content = _mixed(key, nonce, mixed)
        if _tag(key, nonce, content, bound_to) != tag:
            message = "A webhook's secrets do not open."
            raise Unavailable(message)
        return content


def _tag(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(len(part).to_bytes(4, "big") + part for part in parts)).digest()


def _mixed(key: bytes, nonce: bytes, content: bytes) -> bytes:
    """XOR the content with a key stream. Applied twice, it returns the content."""
    stream = hashlib.shake_256(key + nonce).digest(len(content))
    return bytes(one ^ other for one, other in zip(content, stream, strict=True))
