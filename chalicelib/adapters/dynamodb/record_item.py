"""Records as items of the history table.

A write costs a unit for each 1,024 bytes, names of attributes included; most records fit in one, since all that no
condition, filter or index asks for is compressed together.

=============  ===================================================================================================
attribute      what it is
=============  ===================================================================================================
`webhook_id`   the partition
`sort`         the time-ordered part of the record's id
`b`            the blob: `chalicelib.codec.plain.from_record`, compressed
`t`            the notification type, for the filter
`j`            the tail of the id of the journal row that lists the record (`journal_item`)
`expires_at`   seconds; the table's TTL
`failed_of`    the webhook id, on failed records only: it puts them into the index `failed`
`delivery_of`  the delivery id, on all but first successes: it puts them into the index `delivery`
`c`            the cause of a failure, for the stats
`d`            the duration in milliseconds, for the stats
`due_shard`    on records whose next attempt waits in the index `due`, until it is on its way
`due_at`       its time, as a text that sorts
=============  ===================================================================================================
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from chalicelib.adapters.dynamodb import values
from chalicelib.adapters.dynamodb.compression import pack, unpack
from chalicelib.codec import plain
from chalicelib.codec.fields import moment
from chalicelib.domain.delivery.attempt import Outcome
from chalicelib.domain.ids import ALPHABET, RecordId

if TYPE_CHECKING:
    from chalicelib.adapters.dynamodb.values import Item
    from chalicelib.domain.delivery.attempt import Response
    from chalicelib.domain.history.records import HistoryRecord

DUE_SHARDS: Final = 4
SHARDS: Final = tuple(map(str, range(DUE_SHARDS)))
"""What the shards of records are called in the index `due`."""
BLOB_BYTES_MAX: Final = 390_000
"""DynamoDB takes items of up to 400 KB, 409,600 bytes; the other attributes need less than the rest of that."""


def key(record_id: RecordId) -> Item:
    """Where a record stands."""
    return values.item({"webhook_id": record_id.webhook_id, "sort": record_id.sort})


def id_of(item: Item) -> RecordId:
    """The id of the record at that key."""
    return RecordId(item["webhook_id"]["S"], item["sort"]["S"])


def encode(record: HistoryRecord, row_tail: str, history_days: int) -> Item:
    """A record as an item."""
    record_id = record.attempt.record_id
    waits = record.waits_in_due_index
    return key(record_id) | values.item(
        {
            "b": blob(record),
            "t": record.attempt.notification_type,
            "j": row_tail,
            "expires_at": int(record.expires_at(history_days).timestamp()),
            "failed_of": record_id.webhook_id if record.outcome is Outcome.FAILED else None,
            "delivery_of": None if record.is_first_success else record.attempt.delivery_id,
            "c": record.failure,
            "d": record.exchange.duration_ms,
            "due_shard": _due_shard(record_id) if waits else None,
            "due_at": moment(record.next_attempt_at) if waits else None,
        }
    )


def decode(item: Item) -> HistoryRecord:
    """The reverse of `encode`."""
    return plain.to_record(id_of(item), unpack(item["b"]["B"]))


def _due_shard(record_id: RecordId) -> str:
    """The last digit of the id is random enough to spread the index over its shards."""
    return str(ALPHABET.index(record_id.sort[-1]) % DUE_SHARDS)


def blob(record: HistoryRecord) -> bytes:
    """The compressed record; of one that no item could hold, less of the response.

    What was sent is kept whole, for it is what a retry sends again: a notification is 128 KB at the most.
    """
    packed = pack(plain.from_record(record))
    while len(packed) > BLOB_BYTES_MAX and (answer := record.exchange.response) is not None:
        record = replace(record, exchange=replace(record.exchange, response=_less(answer)))
        packed = pack(plain.from_record(record))
    return packed


def _less(answer: Response) -> Response | None:
    """Half the body; without a body no headers; without headers nothing."""
    if answer.body:
        return replace(answer, body=answer.body[: len(answer.body) // 2], is_truncated=True)
    return replace(answer, headers=(), is_truncated=True) if answer.headers else None
