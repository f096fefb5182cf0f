"""Waiting deliveries as items of the history table.

=========================  ==========================  =================================================================
webhook_id                 sort                        what it is
=========================  ==========================  =================================================================
``waiting|<webhook id>``   ``list``                    the list: `due_shard` and `due_at` put it into the index `due`
``waiting|<webhook id>``   ``d|<delivery>|<record>|n``  an attempt with n hops
=========================  ==========================  =================================================================

These items do not expire: a waiting delivery is released, or removed with its webhook.

The hops are part of the key because of this race::

    release     sends the attempt (n hops) ───────────────────────────── removes ``…|n``
    a worker    receives it, finds the circuit open ── holds ``…|n + 1``  (which stays)
"""

from __future__ import annotations

import zlib
from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec

from chalicelib.adapters.dynamodb.compression import pack, unpack
from chalicelib.adapters.dynamodb.stored import HistoryKey, Stored
from chalicelib.codec.messages import attempt_from_text, attempt_to_bytes
from chalicelib.delivery.ports import WaitingList
from chalicelib.domain import ids

if TYPE_CHECKING:
    from chalicelib.adapters.dynamodb.values import Item
    from chalicelib.domain.delivery.attempt import PendingAttempt

SHARDS: Final = tuple(f"waiting|{shard}" for shard in range(4))
"""Names of the lists' shards in the index `due`."""
DELIVERIES: Final = "d|"
"""The beginning of the sort keys of attempts."""


class StoredList(Stored, frozen=True):
    """The list of a webhook's waiting deliveries."""

    due_at: datetime
    window: int
    version: int
    holds: int


class Holds(Stored, frozen=True):
    """The number of holds that an update of a list returns."""

    holds: int


class WaitingAttempt(HistoryKey, frozen=True):
    """A waiting attempt; `content` is its message, compressed."""

    content: bytes = msgspec.field(name="b")


def shard_of(webhook_id: str) -> str:
    """The shard of a webhook's list."""
    return SHARDS[zlib.crc32(webhook_id.encode()) % len(SHARDS)]


def partition(webhook_id: str) -> str:
    """The partition of a webhook's list and attempts."""
    return f"waiting|{webhook_id}"


def webhook_of(key: HistoryKey) -> str:
    """The webhook of a list or of an attempt."""
    return key.webhook_id.removeprefix(partition(""))


def list_key(webhook_id: str) -> Item:
    """The key of a webhook's list."""
    return _key(webhook_id, "list").to_item()


def key(attempt: PendingAttempt) -> Item:
    """The key of a waiting attempt."""
    return _key(attempt.webhook_id, sort_of(attempt)).to_item()


def _key(webhook_id: str, sort: str) -> HistoryKey:
    return HistoryKey(webhook_id=partition(webhook_id), sort=sort)


def sort_of(attempt: PendingAttempt) -> str:
    """The sort key, by the delivery's time. The record distinguishes a delivery's attempts, the hops an attempt's holds."""
    return f"{prefix_of(attempt.delivery_id)}{attempt.record_id.sort}|{attempt.hops.count:06}"


def prefix_of(delivery_id: str) -> str:
    """The beginning of the sort keys of a delivery's attempts."""
    return f"{DELIVERIES}{delivery_id.removeprefix(ids.DELIVERY)}|"


def encode(attempt: PendingAttempt) -> Item:
    """An attempt as an item."""
    place = _key(attempt.webhook_id, sort_of(attempt))
    return WaitingAttempt(webhook_id=place.webhook_id, sort=place.sort, content=pack(attempt_to_bytes(attempt))).to_item()


def decode(item: Item) -> PendingAttempt:
    """The reverse of `encode`."""
    return attempt_from_text(unpack(WaitingAttempt.of(item).content))


def decode_list(webhook_id: str, item: Item) -> WaitingList:
    """The list in an item."""
    kept = StoredList.of(item)
    return WaitingList(webhook_id, kept.due_at, kept.window, kept.version, kept.holds)
