"""A recovery's survey: which deliveries are settled according to a page of records, and are not recovered.

::

    attempt 1 failed ──▶ attempt 2 failed ──▶ attempt 3 failed for good ──▶ recovery
    names the time of 2   names the time of 3   nothing comes after it

A record with a next attempt settles its delivery only if that attempt has no record of its own yet. If the attempt was made
before the recovery began, its record is in the survey too.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.domain.delivery.attempt import Outcome, Trigger

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.domain.history.recovery import Recovery
    from chalicelib.history.ports import HistoryStore

PENDING_GRACE: Final = timedelta(minutes=30)
"""A next attempt that is overdue by more than this was dropped, because the webhook was paused or disabled at its time."""


def settled(records: Sequence[HistoryRecord], recovery: Recovery, now: datetime, history: HistoryStore) -> set[str]:
    """The deliveries that succeeded in a later attempt, or that will be retried automatically.

    A success of the first attempt is not noted: the id of its record is known.
    """
    succeeded = [each for each in records if each.outcome is Outcome.SUCCEEDED]
    pending = [each for each in records if each.failure is not None and _is_to_come(each, now)]
    followed = _followed(pending, recovery, history)
    return {
        *(each.attempt.delivery_id for each in succeeded if each.attempt.trigger is not Trigger.NOTIFICATION),
        *(each.attempt.delivery_id for each in pending if each not in followed),
    }


def _is_to_come(record: HistoryRecord, now: datetime) -> bool:
    return record.next_attempt_at is not None and record.next_attempt_at > now - PENDING_GRACE


def _followed(pending: Sequence[HistoryRecord], recovery: Recovery, history: HistoryStore) -> list[HistoryRecord]:
    """Those whose next attempt was due before the recovery began, and was made."""
    next_ids = {
        owed.record_id: each
        for each in pending
        if each.next_attempt_at is not None and each.next_attempt_at < recovery.started_at
        if (owed := each.next_attempt()) is not None
    }
    made = history.get_many(next_ids) if next_ids else {}
    return [next_ids[record_id] for record_id in made]
