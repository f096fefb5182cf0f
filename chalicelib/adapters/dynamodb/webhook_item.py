"""Webhooks as items of the webhooks table.

====================  =================  =====================================================================
pk                    sk                 what it is
====================  =================  =====================================================================
webhook id            ``webhook``        the webhook: `kind`, `owner_id`, `id` for the indexes; `version` and
                                         `health` for the conditions; `slot_at`, the end of the reserved slots
                                         in microseconds; `webhook`, the rest as JSON; with a secret box
                                         `sealed`, its secrets, and `data_key`, which opens them;
                                         `disabled`, why and when the service disabled it, beside a JSON that
                                         does not know of it yet
``sub|audience``      type``|``id        a subscription row, with the `version` of the webhook that wrote it
``prefix|prefix``     id``|``audience    the row of a prefix (in lower case), from which a type gets its rows
``purge``             webhook id         the note on a deleted webhook: `noted_at`, `webhook`
``count|owner|id``    ``count``          how many webhooks a user owns (`chalicelib.adapters.dynamodb.counts`)
``sweep``             ``owners``         how far the walk through all webhooks is: `after`, `began_at`
====================  =================  =====================================================================
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
from chalicelib.codec.messages import CODEC, webhook_from_text, webhook_to_text
from chalicelib.domain.webhooks.health import Health
from chalicelib.domain.webhooks.webhook import Webhook
from chalicelib.webhooks.ports import SweepPlace

if TYPE_CHECKING:
    from chalicelib.adapters.dynamodb.values import Item, Value
    from chalicelib.adapters.dynamodb.webhook_secrets import SecretBox

KIND: Final = "webhook"
PURGES: Final = "purge"
WEBHOOKS_KNOWN_MAX: Final = 1_024
"""Webhooks that a process need not decode again; each takes about 5 KB."""
_KNOWN_LENGTH_MAX: Final = 8_192
"""Of their texts. A webhook may have 60 KB: a thousand of those would fill the memory of a function for good."""
_WITHOUT_HEALTH: Final = Codec(aside={Webhook: {"health": Health()}})


class Disablement(Stored, frozen=True):
    """Why and when the service disabled a webhook, beside a JSON that does not know of it yet."""

    reason: str
    at: datetime


class WebhookItem(Stored, frozen=True):
    """A webhook. `webhook` is the JSON, without health and, if `sealed` is there, without secrets."""

    version: int
    webhook: str
    health: dict[str, Any]
    sealed: bytes | None = None
    data_key: bytes | None = None
    disabled: Disablement | None = None

    def decoded(self, box: SecretBox) -> Webhook:
        """The webhook; raise `Unavailable` if the box cannot open the secrets for now."""
        webhook = _of_plain(self.webhook)
        if self.sealed is not None and self.data_key is not None:
            webhook = _of_sealed(self.webhook, Sealed(self.sealed, self.data_key), box)
        if self.disabled is not None:
            why = self.disabled
            webhook = replace(webhook, disabled_reason=why.reason, updated_at=why.at, version=self.version)
        found = CODEC.from_plain(Health, self.health)
        return webhook if found == webhook.health else replace(webhook, health=found)


class ListedWebhook(Stored, frozen=True):
    """What the indexes list."""

    id: str


class Slots(Stored, frozen=True):
    """The end of the slots that are reserved, in microseconds."""

    slot_at: int


class Note(Key, frozen=True):
    """The note on a deleted webhook."""

    noted_at: datetime
    webhook: str


class Sweep(Stored, frozen=True):
    """How far the walk through all webhooks is."""

    began_at: datetime
    after: str | None = None


def key(webhook_id: str) -> Item:
    """Where a webhook stands."""
    return Key(pk=webhook_id, sk=KIND).to_item()


def encode(webhook: Webhook, box: SecretBox = PLAIN) -> Item:
    """A webhook as an item."""
    head = {"id": webhook.id, "kind": KIND, **changeable(webhook, box), "health": health(webhook.health)}
    return key(webhook.id) | values.item(head)


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
    """Where it is kept how far the walk through all webhooks is."""
    return Key(pk="sweep", sk="owners").to_item()


def sweep(place: SweepPlace) -> Item:
    """How far it is."""
    return sweep_key() | Sweep(after=place.after, began_at=place.began_at).to_item()


def sweep_place(item: Item) -> SweepPlace:
    """The reverse of `sweep`."""
    kept = Sweep.of(item)
    return SweepPlace(kept.after, kept.began_at)


def note_key(webhook_id: str) -> Item:
    """Where the note on a deleted webhook stands."""
    return Key(pk=PURGES, sk=webhook_id).to_item()


def note(webhook: Webhook, at: datetime) -> Item:
    """The note on a deleted webhook; its secrets are not needed any more."""
    return Note(pk=PURGES, sk=webhook.id, noted_at=at, webhook=webhook_to_text(webhook.without_secrets())).to_item()


def noted(item: Item) -> Webhook:
    """The deleted webhook of a note."""
    return webhook_from_text(Note.of(item).webhook)
