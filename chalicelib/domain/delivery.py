"""A delivery: one notification owed to one webhook, from its first attempt on.

Its ids derive from the notification and the webhook, so that whoever works them out again gets the same ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain import ids
from chalicelib.domain.attempt import PendingAttempt, Trigger

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.notification import Notification


def first_attempt(taken: Notification, webhook_id: str, text: str, problem: str | None = None) -> PendingAttempt:
    """The first attempt of the delivery that a notification owes a webhook; it is always the same one."""
    return PendingAttempt(
        record_id=first_record_id(webhook_id, taken.id, taken.accepted_at),
        delivery_id=ids.DELIVERY + ids.derived(taken.accepted_at, "delivery", taken.id, webhook_id),
        notification_id=taken.id,
        notification_type=taken.notification_type,
        attempt_number=1,
        trigger=Trigger.NOTIFICATION,
        body=text,
        problem=problem,
        depth=taken.depth,
    )


def first_record_of(attempt: PendingAttempt) -> ids.RecordId:
    """The record of the first attempt of the same delivery, where a notification made it; a test's stands elsewhere."""
    began_at = ids.time_of(attempt.delivery_id.removeprefix(ids.DELIVERY))
    return first_record_id(attempt.webhook_id, attempt.notification_id, began_at)


def first_record_id(webhook_id: str, notification_id: str, accepted_at: datetime) -> ids.RecordId:
    """The record of a delivery's first attempt."""
    return ids.RecordId(webhook_id, ids.derived(accepted_at, "record", notification_id, webhook_id))
