"""Records as items of the history table.

A write costs one unit per 1,024 bytes, names of attributes included. Most records fit in one unit, since everything that no
condition, filter or index uses is compressed together.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from msgspec import field

from chalicelib.adapters.dynamodb.compression import pack, unpack
from chalicelib.adapters.dynamodb.stored import HistoryKey
from chalicelib.codec import records
from chalicelib.domain.delivery.attempt import FailureCause, Outcome
from chalicelib.domain.ids import ALPHABET, RecordId

if TYPE_CHECKING:
    from chalicelib.adapters.dynamodb.values import Item
    from chalicelib.domain.delivery.attempt import Response
    from chalicelib.domain.history.records import HistoryRecord

DUE_SHARDS: Final = 4
SHARDS: Final = tuple(map(str, range(DUE_SHARDS)))
"""Names of the records' shards in the index `due`."""
BLOB_BYTES_MAX: Final = 390_000
"""DynamoDB takes items of up to 400 KB, 409,600 bytes. The rest is more than the other attributes need."""


class RecordItem(HistoryKey, frozen=True):
    """A record.

    Args:
        blob: the record without its id, compressed.
        notification_type: for the filter by type.
        row_tail: the tail of the id of the journal row that lists the record (`journal_item`).
        expires_at: seconds; the table's TTL.
        duration_ms: for the stats.
        failed_of: the webhook id, on failed records only: it puts them into the index `failed`.
        delivery_of: the delivery id, on all but first successes: it puts them into the index `delivery`.
        cause: of a failure, for the stats.
        due_shard: on records whose next attempt is scheduled in the index `due`, until it is sent to a queue.
        due_at: the time of that attempt.

    """

    blob: bytes = field(name="b")
    notification_type: str = field(name="t")
    row_tail: str = field(name="j")
    expires_at: int
    duration_ms: int = field(name="d")
    failed_of: str | None = None
    delivery_of: str | None = None
    cause: FailureCause | None = field(name="c", default=None)
    due_shard: str | None = None
    due_at: datetime | None = None

    @property
    def record_id(self) -> RecordId:
        """The id of the record."""
        return RecordId(self.webhook_id, self.sort)

    def decoded(self) -> HistoryRecord:
        """The record that is in the blob."""
        return records.from_bytes(self.record_id, unpack(self.blob))

    def is_kept(self, now_s: int) -> bool:
        """Whether it has not expired."""
        return self.expires_at > now_s


def key(record_id: RecordId) -> Item:
    """The key of a record."""
    return HistoryKey(webhook_id=record_id.webhook_id, sort=record_id.sort).to_item()


def id_of(item: Item) -> RecordId:
    """The id of the record at that key."""
    found = HistoryKey.of(item)
    return RecordId(found.webhook_id, found.sort)


def encode(record: HistoryRecord, row_tail: str, history_days: int) -> Item:
    """A record as an item."""
    record_id = record.attempt.record_id
    waits = record.waits_in_due_index
    return RecordItem(
        webhook_id=record_id.webhook_id,
        sort=record_id.sort,
        blob=blob(record),
        notification_type=record.attempt.notification_type,
        row_tail=row_tail,
        expires_at=int(record.expires_at(history_days).timestamp()),
        failed_of=record_id.webhook_id if record.outcome is Outcome.FAILED else None,
        delivery_of=None if record.is_first_success else record.attempt.delivery_id,
        cause=record.failure,
        duration_ms=record.exchange.duration_ms,
        due_shard=_due_shard(record_id) if waits else None,
        due_at=record.next_attempt_at if waits else None,
    ).to_item()


def decode(item: Item) -> HistoryRecord:
    """The reverse of `encode`."""
    return RecordItem.of(item).decoded()


def _due_shard(record_id: RecordId) -> str:
    """The shard, by the last digit of the id, which is random."""
    return str(ALPHABET.index(record_id.sort[-1]) % DUE_SHARDS)


def blob(record: HistoryRecord) -> bytes:
    """The compressed record. If it is too large for an item, the response is truncated.

    The request is stored whole, since a retry sends it again. A notification is at most 128 KB.
    """
    packed = pack(records.to_bytes(record))
    while len(packed) > BLOB_BYTES_MAX and (answer := record.exchange.response) is not None:
        record = replace(record, exchange=replace(record.exchange, response=_less(answer)))
        packed = pack(records.to_bytes(record))
    return packed


def _less(answer: Response) -> Response | None:
    """A shorter response: half the body; without a body, no headers; without headers, no response."""
    if answer.body:
        return replace(answer, body=answer.body[: len(answer.body) // 2], is_truncated=True)
    return replace(answer, headers=(), is_truncated=True) if answer.headers else None
