"""What a webhook's item keeps secret: its signing secrets, its own headers, and how its requests authenticate.

With a secret box these are kept apart from the rest of the item. They are encrypted under a data key, which is kept beside
them and is encrypted itself (envelope encryption). They are bound to the webhook's id and owner: in another item they do not
open.
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
    """The fields of a webhook that are secret."""

    secrets: tuple[SigningSecret, ...] = ()
    headers: Headers = ()
    authentication: Authentication | None = None


class Sealed(NamedTuple):
    """Something encrypted, and the data key that opens it, which is encrypted too."""

    content: bytes
    data_key: bytes


class SecretBox(Protocol):
    """Encrypts and decrypts; raises `Unavailable` if it cannot for now."""

    def __hash__(self) -> int:
        """What it opened is remembered by the box that opened it."""

    @property
    def may_seal(self) -> bool:
        """Whether secrets are written encrypted; if not, they are written as they are."""

    def seal(self, content: bytes, bound_to: bytes) -> Sealed:
        """Encrypt; it opens for the same `bound_to` only."""

    def open(self, sealed: Sealed, bound_to: bytes) -> bytes | None:
        """Decrypt; ``None`` if this process is not to see secrets."""


class PlainBox:
    """No encryption: SECRETS_KEY_ARN is not set. What was encrypted before does not open."""

    may_seal: Final = False

    def seal(self, content: bytes, bound_to: bytes) -> Sealed:
        """Never asked for."""
        raise NotImplementedError

    def open(self, sealed: Sealed, bound_to: bytes) -> bytes | None:  # noqa: ARG002 - the protocol's
        """Raise `Unavailable`: without its secrets a webhook's requests would go out unsigned."""
        message = "A webhook's secrets are encrypted, and SECRETS_KEY_ARN is not set."
        raise Unavailable(message)


class WithheldBox(PlainBox):
    """For functions that read webhooks and need no secrets: an encrypted webhook comes without them."""

    def open(self, sealed: Sealed, bound_to: bytes) -> bytes | None:  # noqa: ARG002 - the protocol's
        """Nothing."""
        return None


PLAIN: Final[SecretBox] = PlainBox()


def sealed(webhook: Webhook, box: SecretBox) -> Sealed:
    """A webhook's secrets."""
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
