"""Encrypts secrets with data keys from AWS KMS, by libsodium's XChaCha20-Poly1305 (envelope encryption).

KMS returns a data key both in plain and encrypted (docs.aws.amazon.com, AWS KMS API Reference, "GenerateDataKey"). A process
uses a data key for many webhooks, so many writes need one request to KMS. Reading needs one request for each data key. Plain
keys are only in memory.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nacl.exceptions import CryptoError
from nacl.secret import Aead

from chalicelib.adapters import aws
from chalicelib.adapters.dynamodb.webhook_secrets import Sealed
from chalicelib.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

DATA_KEY_USES_MAX: Final = 5_000
DATA_KEY_LIFE_S: Final = 3_600.0
"""A leaked data key decrypts only what one process wrote in an hour. More keys would need more requests and more cache."""
KEYS_KNOWN_MAX: Final = 1_000
"""Data keys that a process keeps in its cache."""
CONTEXT: Final = {"service": "posthorn"}
"""The KMS encryption context. CloudTrail shows it, and the functions' policies allow no other."""


class _DataKey(NamedTuple):
    """The data key for encrypting."""

    aead: Aead
    encrypted: bytes
    made_at_s: float


class KmsSecretBox:
    """Encrypts with data keys of one KMS key; decrypts with those of any KMS key that the process may use."""

    may_seal: Final = True

    def __init__(self, client: Any, key_arn: str, now_s: Callable[[], float] = time.time) -> None:  # noqa: ANN401 - KMS's
        """Use a KMS client. `now_s` is the wall clock, which continues while Lambda has frozen the process."""
        self._client = client
        self._key_arn = key_arn
        self._now_s = now_s
        self._lock = threading.Lock()
        self._sealing: _DataKey | None = None
        self._uses = 0
        self._known: OrderedDict[bytes, Aead] = OrderedDict()

    def seal(self, content: bytes, bound_to: bytes) -> Sealed:
        """Encrypt with the current data key and a new nonce of 24 random bytes."""
        with self._lock:
            key = self._sealing_key()
        return Sealed(bytes(key.aead.encrypt(content, bound_to)), key.encrypted)

    def open(self, sealed: Sealed, bound_to: bytes) -> bytes | None:
        """Decrypt; raise `Unavailable` if KMS refuses the data key, or the content was changed or moved."""
        with self._lock:
            aead = self._opening_key(sealed.data_key)
        try:
            return bytes(aead.decrypt(sealed.content, bound_to))
        except CryptoError as error:
            message = "The secrets of a webhook cannot be decrypted: they were altered, or belong to another webhook."
            raise Unavailable(message) from error

    def _sealing_key(self) -> _DataKey:
        key = self._sealing
        if key is None or self._uses >= DATA_KEY_USES_MAX or not 0 <= self._now_s() - key.made_at_s < DATA_KEY_LIFE_S:
            key = self._sealing = self._new_data_key()
            self._uses = 0
        self._uses += 1
        return key

    def _new_data_key(self) -> _DataKey:
        with aws.translated():
            response = self._client.generate_data_key(KeyId=self._key_arn, KeySpec="AES_256", EncryptionContext=CONTEXT)
        key = _DataKey(Aead(response["Plaintext"]), response["CiphertextBlob"], self._now_s())
        self._cache(key.encrypted, key.aead)
        return key

    def _opening_key(self, encrypted: bytes) -> Aead:
        aead = self._known.get(encrypted)
        if aead is None:
            with aws.translated():
                response = self._client.decrypt(CiphertextBlob=encrypted, EncryptionContext=CONTEXT)
            aead = Aead(response["Plaintext"])
        self._cache(encrypted, aead)
        return aead

    def _cache(self, encrypted: bytes, aead: Aead) -> None:
        """Cache a key; if there are too many, drop the least recently used one."""
        self._known[encrypted] = aead
        self._known.move_to_end(encrypted)
        if len(self._known) > KEYS_KNOWN_MAX:
            self._known.popitem(last=False)
