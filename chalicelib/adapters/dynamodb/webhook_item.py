"""Webhooks, and the position of the sweep of owners, as items of the webhooks table.

==========  ===========  ==================================================================
pk          sk           what it is
==========  ===========  ==================================================================
webhook id  ``webhook``  a webhook; `kind` or `owner_id`, and `id`, put it into the indexes
``sweep``   ``owners``   the position in the list of all webhooks
==========  ===========  ==================================================================
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from chalicelib.adapters.dynamodb import values, webhook_secrets
from chalicelib.adapters.dynamodb.stored import Key, Stored
from chalicelib.adapters.dynamodb.webhook_secrets import PLAIN, Sealed
from chalicelib.codec.codec import Codec
from chalicelib.codec.messages import CODEC
from chalicelib.domain.webhooks.health import Health
from chalicelib.domain.webhooks.webhook import Webhook
from chalicelib.webhooks.ports import SweepPlace

if TYPE_CHECKING:
    from chalicelib.adapters.dynamodb.values import Item, Value
    from chalicelib.adapters.dynamodb.webhook_secrets import SecretBox

KIND: Final = "webhook"
WEBHOOKS_KNOWN_MAX: Final = 1_024
"""Size of the caches of decoded webhooks; each webhook takes about 5 KB."""
_KNOWN_LENGTH_MAX: Final = 8_192
"""Longer texts are not cached: a webhook may have 60 KB, and a thousand of those would fill a function's memory."""
_WITHOUT_HEALTH: Final = Codec(aside={Webhook: {"health": Health()}}).prepare(Webhook)


class Disablement(Stored, frozen=True):
    """Why and when the service disabled a webhook."""

    reason: str
    at: datetime


class WebhookItem(Stored, frozen=True):
    """A webhook.

    Args:
        version: the version of the webhook, for conditions.
        webhook: the JSON, without health and, if there is `sealed`, without secrets.
        health: a map of its own, which is written alone and compared in conditions.
        sealed: the encrypted secrets, if there is a secret box.
        data_key: the key that decrypts them, which is encrypted too.
        disabled: set by the delivering functions, which may not write the JSON.

    """

    version: int
    webhook: str
    health: dict[str, Any]
    sealed: bytes | None = None
    data_key: bytes | None = None
    disabled: Disablement | None = None

    def decoded(self, box: SecretBox) -> Webhook:
        """The webhook; raise `Unavailable` if the box cannot decrypt the secrets now."""
        if self.sealed is not None and self.data_key is not None:
            webhook = _of_sealed(self.webhook, Sealed(self.sealed, self.data_key), box)
        else:
            webhook = _of_plain(self.webhook)
        if (why := self.disabled) is not None:
            webhook = replace(webhook, disabled_reason=why.reason, updated_at=why.at, version=self.version)
        return replace(webhook, health=CODEC.from_plain(Health, self.health)) if self.health else webhook


class ListedWebhook(Stored, frozen=True):
    """The attributes of a webhook that the indexes have."""

    id: str


class Slots(Stored, frozen=True):
    """The end of the reserved slots, in microseconds."""

    slot_at: int


class Sweep(Stored, frozen=True):
    """The position of the sweep of owners: the last webhook that it read, and when the round began."""

    began_at: datetime
    after: str | None = None


def key(webhook_id: str) -> Item:
    """The key of a webhook."""
    return Key(pk=webhook_id, sk=KIND).to_item()


def encode(webhook: Webhook, box: SecretBox = PLAIN) -> Item:
    """A webhook as an item."""
    attributes = {"id": webhook.id, "kind": KIND, **changeable(webhook, box), "health": health(webhook.health)}
    return key(webhook.id) | values.item(attributes)


def changeable(webhook: Webhook, box: SecretBox = PLAIN) -> dict[str, Value]:
    """The attributes that an owner's change may touch."""
    if not box.may_seal:
        return _attributes(webhook)
    sealed = webhook_secrets.sealed(webhook, box)
    return public(webhook) | {"sealed": sealed.content, "data_key": sealed.data_key}


def public(webhook: Webhook) -> dict[str, Value]:
    """The same without the secrets, for an item whose encrypted secrets do not change."""
    return _attributes(webhook.without_secrets())


def _attributes(webhook: Webhook) -> dict[str, Value]:
    text = _WITHOUT_HEALTH.to_bytes(webhook).decode()
    return {"owner_id": webhook.owner_id, "version": webhook.version, "webhook": text}


def health(given: Health) -> dict[str, Value]:
    """A health as a map. Equal healths give equal maps, so that conditions can compare them."""
    return CODEC.to_plain(given)


def disablement(disabled: Webhook) -> dict[str, Value]:
    """The attributes of a disablement. They are separate, since delivering functions must not change the others."""
    return {"version": disabled.version, "disabled": {"reason": disabled.disabled_reason, "at": disabled.updated_at}}


def decode(item: Item, box: SecretBox = PLAIN) -> Webhook:
    """The reverse of `encode`; raise `Unavailable` if the box cannot decrypt the secrets now."""
    return WebhookItem.of(item).decoded(box)


def is_sealed(item: Item) -> bool:
    """Whether its secrets are encrypted."""
    return "sealed" in item


def _of_plain(text: str) -> Webhook:
    """Decode a webhook. Long texts are not cached, since they would fill the memory."""
    return _of_text(text) if len(text) <= _KNOWN_LENGTH_MAX else _WITHOUT_HEALTH.from_json(Webhook, text)


@lru_cache(maxsize=WEBHOOKS_KNOWN_MAX)
def _of_text(text: str) -> Webhook:
    """A webhook in good health. It is cached, since a delivering process reads the same text again and again."""
    return _WITHOUT_HEALTH.from_json(Webhook, text)


@lru_cache(maxsize=WEBHOOKS_KNOWN_MAX)
def _of_sealed(text: str, sealed: Sealed, box: SecretBox) -> Webhook:
    """The same for an item with encrypted secrets."""
    return webhook_secrets.opened(sealed, _WITHOUT_HEALTH.from_json(Webhook, text), box)


def owned_by(owner_id: str) -> str:
    """The name of the count of an owner's webhooks."""
    return f"owner|{owner_id}"


def sweep_key() -> Item:
    """The key of the position of the sweep of owners."""
    return Key(pk="sweep", sk="owners").to_item()


def sweep(place: SweepPlace) -> Item:
    """The position as an item."""
    return sweep_key() | Sweep(after=place.after, began_at=place.began_at).to_item()


def sweep_place(item: Item) -> SweepPlace:
    """The reverse of `sweep`."""
    kept = Sweep.of(item)
    return SweepPlace(kept.after, kept.began_at)
