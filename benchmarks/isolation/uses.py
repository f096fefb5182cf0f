"""What the calls of the busiest ports use of DynamoDB's capacity and indexes; docs/architecture.md says why."""

from __future__ import annotations

import math
import zlib
from typing import TYPE_CHECKING, Final

from benchmarks.isolation.capacity import Use
from benchmarks.isolation.indexes import Index
from chalicelib.domain.ids import RecordId

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from benchmarks.isolation.capacity import Uses
    from chalicelib.domain.history import HistoryRecord

_JOURNAL_SHARDS: Final = 8
_LISTED_MAX: Final = 20
_INDEXES_OF_FAILED: Final = 2


def _written(records: Sequence[HistoryRecord]) -> Iterator[Use]:
    """Most records fit in a unit; a failed one is in two indexes too. A row of the journal lists up to twenty."""
    for each in records:
        yield Use(each.attempt.webhook_id, writes=1 if each.failure is None else 1 + _INDEXES_OF_FAILED)
    if records:
        shard = zlib.crc32(str(records[0].attempt.record_id).encode()) % _JOURNAL_SHARDS
        yield Use(f"journal {shard}", writes=math.ceil(len(records) / _LISTED_MAX))


def _records_read(record_ids: Collection[RecordId]) -> Iterator[Use]:
    return (Use(each.webhook_id, reads=1) for each in record_ids)


def _webhooks_read(webhook_ids: Collection[str]) -> Iterator[Use]:
    return (Use(each, reads=1) for each in webhook_ids)


def _webhook_written(webhook_id: str, *_: object) -> Iterator[Use]:
    yield Use(webhook_id, writes=1)


def _record_id(each: HistoryRecord | RecordId) -> RecordId:
    return each if isinstance(each, RecordId) else each.attempt.record_id


DUE: Final = Index("due", enters="write", leaves="settle", key=_record_id)
HISTORY: Final[Uses] = {"write": _written, "get_many": _records_read}
WEBHOOKS: Final[Uses] = {
    "get_many": _webhooks_read,
    "update_health": _webhook_written,
    "reserve_slots": _webhook_written,
}
