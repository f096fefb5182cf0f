"""Notes on deleted webhooks, as items of the webhooks table: `pk` is ``purge``, `sk` is the webhook's id."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from chalicelib.adapters.dynamodb.stored import Key
from chalicelib.codec.messages import webhook_from_text, webhook_to_text

if TYPE_CHECKING:
    from chalicelib.adapters.dynamodb.values import Item
    from chalicelib.domain.webhooks.webhook import Webhook

PARTITION: Final = "purge"


class PurgeNote(Key, frozen=True):
    """A note: the webhook, and the time at which its purge began or last continued."""

    noted_at: datetime
    webhook: str


def key(webhook_id: str) -> Item:
    """The key of the note on a webhook."""
    return Key(pk=PARTITION, sk=webhook_id).to_item()


def encode(webhook: Webhook, at: datetime) -> Item:
    """A note as an item, without the webhook's secrets, which are not needed any more."""
    text = webhook_to_text(webhook.without_secrets())
    return PurgeNote(pk=PARTITION, sk=webhook.id, noted_at=at, webhook=text).to_item()


def decode(item: Item) -> Webhook:
    """The deleted webhook of a note."""
    return webhook_from_text(PurgeNote.of(item).webhook)
