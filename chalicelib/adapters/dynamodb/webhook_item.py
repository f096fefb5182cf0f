"""Webhooks, and the position of the sweep of owners, as items of the webhooks table.

==========  ===========  ==================================================================
pk          sk           what it is
==========  ===========  ==================================================================
webhook id  ``webhook``  a webhook; `kind` or `owner_id`, and `id`, put it into the indexes
``sweep``   ``owners``   how far the walk through all webhooks is
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
"""Webhooks that a process need not decode again; each takes about 5 KB."""
_KNOWN_LENGTH_MAX: Final = 8_192
"""Of their texts. A webhook may have 60 KB: a thousand of those would fill the memory of a function for good."""
_WITHOUT_HEALTH: Final = Codec(aside={Webhook: {"health": Health()}}).prepare(Webhook)


class Disablement(Stored, frozen=True):
    """Why and when the service disabled a webhook."""

    reason: str
    at: datetime


class WebhookItem(Stored, frozen=True):
    """A webhook.

    Args:
        version: that of the webhook, for the conditions.
        webhook: the JSON, without health and, if `sealed` is there, without secrets.
        health: what is written alone, and compared in conditions.
        sealed: with a secret box, the secrets.
        data_key: what opens them, encrypted too.
        disabled: set by the functions that deliver, which may not write the JSON.

    """

    version: int
    webhook: str
    health: dict[str, Any]
    sealed: bytes | None = None
    data_key: bytes | None = None
    disabled: Disablement | None = None

    def decoded(self, box: SecretBox) -> Webhook:
        """The webhook; raise `Unavailable` if the box cannot open the secrets for now."""
        if self.sealed is not None and self.data_key is not None:
            webhook = _of_sealed(self.webhook, Sealed(self.sealed, self.data_key), box)
        else:
            webhook = _of_plain(self.webhook)
        if (why := self.disabled) is not None:
            webhook = replace(webhook, disabled_reason=why.reason, updated_at=why.at, version=self.version)
        return replace(webhook, health=CODEC.from_plain(Health, self.health)) if self.health else webhook


class ListedWebhook(Stored, frozen=True):
    """A webhook as the indexes have it."""

    id: str


class Slots(Stored, frozen=True):
    """The end of the slots that are reserved, in microseconds."""

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
    """The same without its secrets: for an item whose secrets are encrypted, and stay as they are."""
    return _attributes(webhook.without_secrets())


def _attributes(webhook: Webhook) -> dict[str, Value]:
    text = _WITHOUT_HEALTH.to_bytes(webhook).decode()
    return {"owner_id": webhook.owner_id, "version": webhook.version, "webhook": text}


def health(given: Health) -> dict[str, Value]:
    """A health as a map: the same health always gives the same one, so that it can be compared in a condition."""
    return CODEC.to_plain(given)


def disablement(disabled: Webhook) -> dict[str, Value]:
    """What disabling a webhook changes: attributes of their own, since who delivers may change none of the others."""
    return {"version": disabled.version, "disabled": {"reason": disabled.disabled_reason, "at": disabled.updated_at}}


def decode(item: Item, box: SecretBox = PLAIN) -> Webhook:
    """The reverse of `encode`; raise `Unavailable` if the box cannot open the secrets for now."""
    return WebhookItem.of(item).decoded(box)


def is_sealed(item: Item) -> bool:
    """Whether its secrets are encrypted."""
    return "sealed" in item


def _of_plain(text: str) -> Webhook:
    """A long text is read each time: kept ones would fill the memory."""
    return _of_text(text) if len(text) <= _KNOWN_LENGTH_MAX else _WITHOUT_HEALTH.from_json(Webhook, text)


@lru_cache(maxsize=WEBHOOKS_KNOWN_MAX)
def _of_text(text: str) -> Webhook:
    """A webhook in good health. The same text is the same webhook: a process that delivers meets it again and again."""
    return _WITHOUT_HEALTH.from_json(Webhook, text)


@lru_cache(maxsize=WEBHOOKS_KNOWN_MAX)
def _of_sealed(text: str, sealed: Sealed, box: SecretBox) -> Webhook:
    """The same, of an item whose secrets are encrypted."""
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
