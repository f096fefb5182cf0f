"""What calls of the busiest ports use of DynamoDB's capacity and indexes. docs/how-it-works/architecture.md explains it."""

from __future__ import annotations

import math
import zlib
from typing import TYPE_CHECKING, Final

from chalicelib.domain.ids import RecordId
from testbed.account.capacity import Use
from testbed.account.indexes import Index

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from chalicelib.delivery.ports import WaitingList
    from chalicelib.domain.delivery.attempt import PendingAttempt
    from chalicelib.domain.history.records import HistoryRecord
    from testbed.account.capacity import Uses

_JOURNAL_SHARDS: Final = 8
_LISTED_MAX: Final = 20
_INDEXES_OF_FAILED: Final = 2


def _written(records: Sequence[HistoryRecord]) -> Iterator[Use]:
    """Most records fit in one unit. A failed one is also in two indexes. A row of the journal lists up to twenty."""
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


def _held(attempts: Sequence[PendingAttempt], wake_at: Mapping[str, object], *_: object) -> Iterator[Use]:
    """A row for each attempt, and the list of each webhook, in the partition of the webhook."""
    for each in attempts:
        yield Use(f"waiting {each.webhook_id}", writes=1)
    for webhook_id in wake_at:
        yield Use(f"waiting {webhook_id}", writes=1)


def _released(attempts: Sequence[PendingAttempt]) -> Iterator[Use]:
    return (Use(f"waiting {each.webhook_id}", writes=1) for each in attempts)


def _list_moved(found: WaitingList, *_: object) -> Iterator[Use]:
    yield Use(f"waiting {found.webhook_id}", writes=2)  # the list, and its index entry


def _record_id(each: HistoryRecord | RecordId) -> RecordId:
    return each if isinstance(each, RecordId) else each.attempt.record_id


DUE: Final = Index("due", enters="write", leaves="settle", key=_record_id)
HISTORY: Final[Uses] = {"write": _written, "get_many": _records_read}
WAITING: Final[Uses] = {"hold": _held, "remove": _released, "move": _list_moved}
WEBHOOKS: Final[Uses] = {
    "get_many": _webhooks_read,
    "update_health": _webhook_written,
    "reserve_slots": _webhook_written,
}
