"""The secret box of AWS: data keys from KMS, and libsodium's XChaCha20-Poly1305 under them.

KMS gives a data key in plain and encrypted (docs.aws.amazon.com, AWS KMS API Reference, "GenerateDataKey"). A process uses
one for many webhooks, so it asks KMS once for many writes. For reading it asks KMS once for each data key. Keys in plain are
in memory only.
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
"""A data key that leaks opens what one process wrote in an hour; each is another request and another entry to keep."""
KEYS_KNOWN_MAX: Final = 1_000
"""Data keys that a process need not ask KMS for again."""
CONTEXT: Final = {"service": "posthorn"}
"""KMS's encryption context: it is in CloudTrail, and the functions' policies allow no other."""


class _DataKey(NamedTuple):
    """A data key that is used for sealing."""

    aead: Aead
    encrypted: bytes
    made_at_s: float


class KmsSecretBox:
    """Seals under data keys of one KMS key; opens those of any key that the process may use."""

    may_seal: Final = True

    def __init__(self, client: Any, key_arn: str, now_s: Callable[[], float] = time.time) -> None:  # noqa: ANN401 - KMS's
        """Take a client of KMS; `now_s` is the wall clock, which goes on while Lambda has frozen the process."""
        self._client = client
        self._key_arn = key_arn
        self._now_s = now_s
        self._lock = threading.Lock()
        self._sealing: _DataKey | None = None
        self._uses = 0
        self._known: OrderedDict[bytes, Aead] = OrderedDict()

    def seal(self, content: bytes, bound_to: bytes) -> Sealed:
        """Encrypt under the data key of the hour, with a fresh nonce of 24 random bytes."""
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
            message = "A webhook's secrets do not open: they were changed, or belong to another webhook."
            raise Unavailable(message) from error

    def _sealing_key(self) -> _DataKey:
        key = self._sealing
        if key is None or self._uses >= DATA_KEY_USES_MAX or not 0 <= self._now_s() - key.made_at_s < DATA_KEY_LIFE_S:
            key = self._sealing = self._made()
            self._uses = 0
        self._uses += 1
        return key

    def _made(self) -> _DataKey:
        with aws.translated():
            answer = self._client.generate_data_key(KeyId=self._key_arn, KeySpec="AES_256", EncryptionContext=CONTEXT)
        key = _DataKey(Aead(answer["Plaintext"]), answer["CiphertextBlob"], self._now_s())
        self._know(key.encrypted, key.aead)
        return key

    def _opening_key(self, encrypted: bytes) -> Aead:
        aead = self._known.get(encrypted)
        if aead is None:
            with aws.translated():
                answer = self._client.decrypt(CiphertextBlob=encrypted, EncryptionContext=CONTEXT)
            aead = Aead(answer["Plaintext"])
        self._know(encrypted, aead)
        return aead

    def _know(self, encrypted: bytes, aead: Aead) -> None:
        """Remember a key; the one that was not used for the longest time makes room."""
        self._known[encrypted] = aead
        self._known.move_to_end(encrypted)
        if len(self._known) > KEYS_KNOWN_MAX:
            self._known.popitem(last=False)
