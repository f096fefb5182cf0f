"""Stores notifications of about the same time in one item: they have much in common, and DynamoDB bills whole kilobytes.

`parcel` is compressed. It begins with a head in JSON. For each notification the head has the id, the time, the length of the
text, the producer and, if it is not 0, the depth. Then come the texts, unchanged, so that they need no escapes. A head from
before producers had name spaces has neither producers nor depths.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.adapters.dynamodb import compression
from chalicelib.adapters.dynamodb.stored import Key
from chalicelib.domain import ids
from chalicelib.intake.ports import HeldNotification

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SPAN: Final = timedelta(minutes=1)
"""The longest time between the first and the last notification of a parcel. A reader begins that much earlier."""
BYTES_MAX: Final = 65_536
"""Limit of the texts of several notifications, before compression. An item holds 400 KB, and one text may have 256 KB."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """Notifications, the oldest first."""

    held: tuple[HeldNotification, ...]

    @property
    def sort(self) -> str:
        """The sort key: the time of the first notification and a digest of all ids, which makes writes idempotent."""
        names = (part for each in self.held for part in (each.producer, each.id))
        return ids.derived(self.held[0].at, "notifications", *names)

    def content(self) -> bytes:
        """The head and the texts, compressed."""
        texts = [each.text.encode("utf-8", "surrogatepass") for each in self.held]
        head = [
            [each.id, ids.milliseconds(each.at), len(text), each.producer, *filter(None, [each.depth])]
            for each, text in zip(self.held, texts, strict=True)
        ]
        return compression.pack(b"\n".join((json.dumps(head, separators=(",", ":")).encode(), b"".join(texts))))


class ParcelItem(Key, frozen=True):
    """A parcel as an item. `expires_at` (seconds) is the table's TTL."""

    parcel: bytes
    expires_at: int

    def decoded(self) -> list[HeldNotification]:
        """The notifications of the parcel, in its order."""
        head, _, texts = compression.unpack(self.parcel).partition(b"\n")
        held: list[HeldNotification] = []
        for notification_id, milliseconds, length, *more in json.loads(head):
            text = texts[:length].decode("utf-8", "surrogatepass")
            held.append(HeldNotification(notification_id, ids.at_milliseconds(milliseconds), text, *more))
            texts = texts[length:]
        return held


def parcels(held: Sequence[HeldNotification]) -> Iterator[Parcel]:
    """Group notifications that are near in time, without duplicates."""
    some: list[HeldNotification] = []
    size = 0
    for each in sorted(set(held), key=lambda one: (one.at, one.producer, one.id)):
        length = len(each.text.encode("utf-8", "surrogatepass"))
        if some and (each.at - some[0].at >= SPAN or size + length > BYTES_MAX):
            yield Parcel(tuple(some))
            some, size = [], 0
        some.append(each)
        size += length
    if some:
        yield Parcel(tuple(some))
