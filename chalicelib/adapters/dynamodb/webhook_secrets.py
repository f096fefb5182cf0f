"""The secrets in a webhook's item: its signing secrets, its own headers, and its authentication.

With a secret box they are attributes of their own. They are encrypted with a data key, which is stored next to them and is
encrypted itself (envelope encryption). They are bound to the webhook's id and owner: in another item they cannot be
decrypted.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from chalicelib.codec.messages import CODEC
from chalicelib.domain.delivery.attempt import Headers
from chalicelib.domain.delivery.signing import SigningSecret
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.webhooks.authentication import Authentication

if TYPE_CHECKING:
    from chalicelib.domain.webhooks.webhook import Webhook


@dataclass(frozen=True, slots=True)
class Secrets:
    """The secret fields of a webhook."""

    secrets: tuple[SigningSecret, ...] = ()
    headers: Headers = ()
    authentication: Authentication | None = None


class Sealed(NamedTuple):
    """Encrypted content, and its data key, which is encrypted too."""

    content: bytes
    data_key: bytes


class SecretBox(Protocol):
    """Encrypts and decrypts; raises `Unavailable` if it cannot do so now."""

    def __hash__(self) -> int:
        """Caches of decrypted webhooks have the box in their keys."""

    @property
    def may_seal(self) -> bool:
        """Whether secrets are written encrypted; if not, they are written in plain."""

    def seal(self, content: bytes, bound_to: bytes) -> Sealed:
        """Encrypt; only the same `bound_to` decrypts it."""

    def open(self, sealed: Sealed, bound_to: bytes) -> bytes | None:
        """Decrypt; ``None`` if this process must not see secrets."""


class PlainBox:
    """No encryption, since SECRETS_KEY_ARN is not set. Secrets that were encrypted before cannot be decrypted."""

    may_seal: Final = False

    def seal(self, content: bytes, bound_to: bytes) -> Sealed:
        """Never called, since `may_seal` is false."""
        raise NotImplementedError

    def open(self, sealed: Sealed, bound_to: bytes) -> bytes | None:  # noqa: ARG002 - the protocol's
        """Raise `Unavailable`: without its secrets a webhook's requests would go out unsigned."""
        message = "A webhook's secrets are encrypted, and SECRETS_KEY_ARN is not set."
        raise Unavailable(message)


class WithheldBox(PlainBox):
    """For functions that read webhooks but need no secrets: encrypted secrets are left out."""

    def open(self, sealed: Sealed, bound_to: bytes) -> bytes | None:  # noqa: ARG002 - the protocol's
        """Return ``None``: the secrets are withheld."""
        return None


PLAIN: Final[SecretBox] = PlainBox()


def sealed(webhook: Webhook, box: SecretBox) -> Sealed:
    """A webhook's secrets, encrypted."""
    return box.seal(CODEC.to_bytes(_secrets_of(webhook)), _bound_to(webhook))


def opened(given: Sealed, webhook: Webhook, box: SecretBox) -> Webhook:
    """The webhook with its secrets; without them if they are withheld from this process."""
    content = box.open(given, _bound_to(webhook))
    if content is None:
        return webhook
    found = CODEC.from_json(Secrets, content)
    return replace(webhook, secrets=found.secrets, headers=found.headers, authentication=found.authentication)


def are_same(one: Webhook, other: Webhook) -> bool:
    """Whether two states of a webhook have the same secrets, bound to the same owner."""
    return (one.owner_id, _secrets_of(one)) == (other.owner_id, _secrets_of(other))


def _secrets_of(webhook: Webhook) -> Secrets:
    return Secrets(webhook.secrets, webhook.headers, webhook.authentication)


def _bound_to(webhook: Webhook) -> bytes:
    return json.dumps({"webhook": webhook.id, "owner": webhook.owner_id}, separators=(",", ":")).encode()
