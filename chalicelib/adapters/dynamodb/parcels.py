"""Notifications that came together, as one item: their contents have much in common, and DynamoDB bills whole kilobytes.

`parcel` is compressed: a head, which has of each notification its id, its time, the length of its text, its producer and,
if that is not 0, its depth; then the texts as they came, so that no text is quoted. A head from before producers had name
spaces has neither producers nor depths.
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
"""Between the first and the last notification of a parcel: so much earlier a reader begins."""
BYTES_MAX: Final = 65_536
"""Of the texts of several, before compression; an item takes 400 KB, and a single text may have 256."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """Some notifications, the oldest first."""

    held: tuple[HeldNotification, ...]

    @property
    def sort(self) -> str:
        """Its sort key: the first one's time, and a digest of all ids, so that the same ones are written once."""
        names = (part for each in self.held for part in (each.producer, each.id))
        return ids.derived(self.held[0].at, "notifications", *names)

    def content(self) -> bytes:
        """The notifications, compressed."""
        texts = [each.text.encode("utf-8", "surrogatepass") for each in self.held]
        told = zip(self.held, texts, strict=True)
        head = [
            [each.id, ids.milliseconds(each.at), len(text), each.producer, *filter(None, [each.depth])]
            for each, text in told
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
    """All of them, each once, those that are near in time together."""
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
