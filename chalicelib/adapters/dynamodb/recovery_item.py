"""Recoveries as items of the notifications table.

=========================  ====================  =======================================================================
pk                         sk                    what it is
=========================  ====================  =======================================================================
``job|<recovery>``         ``job``               a recovery
``job|<recovery>``         ``settled|<id>``      a delivery that it has finished
``recoveries|<webhook>``   a recovery's id       lists a recovery of the webhook
``recoveries|<webhook>``   ``latest``            `recovery_id` of the latest one
=========================  ====================  =======================================================================

All have `expires_at` (seconds), which is the table's TTL.
"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.adapters.dynamodb import values
from chalicelib.adapters.dynamodb.stored import Key, SortKey, Stored
from chalicelib.codec.messages import CODEC
from chalicelib.domain.history.recovery import Recovery

if TYPE_CHECKING:
    from chalicelib.adapters.dynamodb.values import Item

KEPT_DAYS: Final = 30
"""Days for which a recovery can be looked up, from its start."""
LATEST: Final = "latest"
_SETTLED: Final = "settled|"


class Latest(Stored, frozen=True):
    """The recovery of a webhook that was started last."""

    recovery_id: str


def partition(recovery_id: str) -> str:
    """The partition of a recovery and of its notes."""
    return f"job|{recovery_id}"


def webhook_partition(webhook_id: str) -> str:
    """The partition that lists a webhook's recoveries."""
    return f"recoveries|{webhook_id}"


def key(recovery_id: str) -> Item:
    """The key of a recovery."""
    return Key(pk=partition(recovery_id), sk="job").to_item()


def settled_key(recovery_id: str, delivery_id: str) -> Item:
    """The key of the note that a delivery is finished."""
    return Key(pk=partition(recovery_id), sk=_SETTLED + delivery_id).to_item()


def latest_key(webhook_id: str) -> Item:
    """The key of the item that names a webhook's latest recovery."""
    return Key(pk=webhook_partition(webhook_id), sk=LATEST).to_item()


def encode(recovery: Recovery) -> Item:
    """A recovery as an item."""
    return key(recovery.id) | values.item(CODEC.to_plain(recovery)) | _expiry(recovery)


def decode(item: Item) -> Recovery:
    """The reverse of `encode`."""
    return CODEC.from_plain(Recovery, values.plain(item))


def settled(recovery: Recovery, delivery_id: str) -> Item:
    """The note on a delivery."""
    return settled_key(recovery.id, delivery_id) | _expiry(recovery)


def delivery_of(item: Item) -> str:
    """The delivery of a note."""
    return SortKey.of(item).sk.removeprefix(_SETTLED)


def listed(recovery: Recovery) -> Item:
    """The item that lists a recovery under its webhook."""
    return Key(pk=webhook_partition(recovery.webhook_id), sk=recovery.id).to_item() | _expiry(recovery)


def latest(recovery: Recovery) -> Item:
    """The item that names the webhook's latest recovery."""
    return latest_key(recovery.webhook_id) | Latest(recovery_id=recovery.id).to_item() | _expiry(recovery)


def _expiry(recovery: Recovery) -> Item:
    expires_at = recovery.started_at + timedelta(days=KEPT_DAYS)
    return values.item({"expires_at": math.ceil(expires_at.timestamp())})
