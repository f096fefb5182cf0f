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

import json
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from chalicelib.adapters.dynamodb import values, webhook_secrets
from chalicelib.adapters.dynamodb.webhook_secrets import PLAIN, Sealed
from chalicelib.codec import fields, plain
from chalicelib.codec.messages import webhook_from_text, webhook_to_text
from chalicelib.domain.notifications.matching import Subscription
from chalicelib.domain.notifications.notification_types import WILDCARD
from chalicelib.domain.webhooks.health import Health

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.adapters.dynamodb.values import Item
    from chalicelib.adapters.dynamodb.webhook_secrets import SecretBox
    from chalicelib.domain.webhooks.webhook import Webhook

KIND: Final = "webhook"
PURGES: Final = "purge"
WEBHOOKS_KNOWN_MAX: Final = 1_024
"""Webhooks that a process need not decode again; each takes about 5 KB."""
_KNOWN_LENGTH_MAX: Final = 8_192
"""Of their texts. A webhook may have 60 KB: a thousand of those would fill the memory of a function for good."""


def key(webhook_id: str) -> Item:
    """Where a webhook stands."""
    return values.item({"pk": webhook_id, "sk": KIND})


def encode(webhook: Webhook, box: SecretBox = PLAIN) -> Item:
    """A webhook as an item."""
    head = values.item({"id": webhook.id, "kind": KIND, **changeable(webhook, box)})
    return key(webhook.id) | head | {"health": {"M": health(webhook.health)}}


def changeable(webhook: Webhook, box: SecretBox = PLAIN) -> dict[str, values.Value | None]:
    """The attributes that an owner's change may touch."""
    if not box.may_seal:
        return _attributes(webhook)
    sealed = webhook_secrets.sealed(webhook, box)
    return public(webhook) | {"sealed": sealed.content, "data_key": sealed.data_key}


def public(webhook: Webhook) -> dict[str, values.Value | None]:
    """The same without its secrets: for an item whose secrets are encrypted, and stay as they are."""
    return _attributes(webhook.without_secrets())


def _attributes(webhook: Webhook) -> dict[str, values.Value | None]:
    return {
        "owner_id": webhook.owner_id,
        "version": webhook.version,
        "webhook": fields.dumps(plain.from_webhook(webhook)),
    }


def health(given: Health) -> Item:
    """A health as a map: the same health always gives the same one, so that it can be compared in a condition."""
    return values.item(plain.from_health(given))


def disablement(disabled: Webhook) -> dict[str, values.Value | Item]:
    """What disabling a webhook changes: attributes of their own, since who delivers may change none of the others."""
    why = {"reason": disabled.disabled_reason, "at": fields.moment(disabled.updated_at)}
    return {"version": disabled.version, "disabled": values.item({**why})}


def decode(item: Item, box: SecretBox = PLAIN) -> Webhook:
    """The reverse of `encode`; raise `Unavailable` if the box cannot open the secrets for now."""
    text = item["webhook"]["S"]
    webhook = _of_sealed(text, _sealed(item), box) if is_sealed(item) else _of_plain(text)
    health = plain.to_health(fields.Fields(values.plain(item["health"]["M"])))
    if "disabled" in item:
        webhook = _disabled(webhook, item)
    return webhook if health == webhook.health else replace(webhook, health=health)


def _disabled(webhook: Webhook, item: Item) -> Webhook:
    why = fields.Fields(values.plain(item["disabled"]["M"]))
    version = int(item["version"]["N"])
    return replace(webhook, disabled_reason=why.text("reason"), updated_at=why.time("at"), version=version)


def _of_plain(text: str) -> Webhook:
    """A long text is read each time: kept ones would fill the memory."""
    return _of_text(text) if len(text) <= _KNOWN_LENGTH_MAX else plain.to_webhook(fields.loads(text), Health())


def is_sealed(item: Item) -> bool:
    """Whether its secrets are encrypted."""
    return "sealed" in item


def _sealed(item: Item) -> Sealed:
    return Sealed(bytes(item["sealed"]["B"]), bytes(item["data_key"]["B"]))


@lru_cache(maxsize=WEBHOOKS_KNOWN_MAX)
def _of_text(text: str) -> Webhook:
    """A webhook in good health. The same text is the same webhook: a process that delivers meets it again and again."""
    return plain.to_webhook(fields.loads(text), Health())


@lru_cache(maxsize=WEBHOOKS_KNOWN_MAX)
def _of_sealed(text: str, sealed: Sealed, box: SecretBox) -> Webhook:
    """The same, of an item whose secrets are encrypted."""
    given: fields.Plain = json.loads(text)
    secrets = webhook_secrets.opened(sealed, given["id"], given["owner_id"], box)
    return plain.to_webhook(fields.Fields(given | secrets), Health())


def owned_by(owner_id: str) -> str:
    """The name of the count of an owner's webhooks."""
    return f"owner|{owner_id}"


def row_partition(audience: str) -> str:
    """The partition of an audience's subscription rows."""
    return f"sub|{audience}"


def row_sort(notification_type: str, webhook_id: str) -> str:
    """The sort key of a subscription row: those of a type stand together, in the order of their webhooks."""
    return f"{notification_type}|{webhook_id}"


def proposed(row_sort: str) -> tuple[str, str]:
    """The reverse of `row_sort`: a notification type, and the id of a webhook that may want it."""
    notification_type, _, webhook_id = row_sort.rpartition("|")
    return notification_type, webhook_id


def prefix_partition(prefix: str) -> str:
    """The partition of the rows of a prefix, given without its wildcard and in lower case."""
    return f"prefix|{prefix}"


def row_key(source: Subscription, webhook_id: str) -> Item:
    """Where a subscription row stands; that of a prefix where a new type looks for it."""
    if source.is_prefix:
        prefix = source.notification_type.removesuffix(WILDCARD)
        return values.item({"pk": prefix_partition(prefix), "sk": f"{webhook_id}|{source.audience}"})
    return values.item({"pk": row_partition(source.audience), "sk": row_sort(source.notification_type, webhook_id)})


def row(source: Subscription, webhook: Webhook) -> Item:
    """A subscription row."""
    return row_key(source, webhook.id) | values.item({"version": webhook.version})


def brought(prefix_row: Item, notification_type: str) -> Item:
    """The row of a type that the row of a prefix brings with it, at the same version."""
    webhook_id, _, audience = prefix_row["sk"]["S"].partition("|")
    return row_key(Subscription(audience, notification_type), webhook_id) | {"version": prefix_row["version"]}


def sweep_key() -> Item:
    """Where it is kept how far the walk through all webhooks is."""
    return values.item({"pk": "sweep", "sk": "owners"})


def note_key(webhook_id: str) -> Item:
    """Where the note on a deleted webhook stands."""
    return values.item({"pk": PURGES, "sk": webhook_id})


def note(webhook: Webhook, at: datetime) -> Item:
    """The note on a deleted webhook; its secrets are not needed any more."""
    text = webhook_to_text(webhook.without_secrets())
    return note_key(webhook.id) | values.item({"noted_at": fields.moment(at), "webhook": text})


def noted(item: Item) -> Webhook:
    """The deleted webhook of a note."""
    return webhook_from_text(item["webhook"]["S"])
