"""A delivery: one notification owed to one webhook, from its first attempt on.

Its ids derive from the notification, its producer and the webhook, so that whoever works them out again gets the same ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chalicelib.domain import ids
from chalicelib.domain.delivery.attempt import Chosen, PendingAttempt, Trigger
from chalicelib.domain.notifications import producer
from chalicelib.domain.payloads.formats import BodyFormat

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.domain.notifications.notification import Notification
    from chalicelib.domain.webhooks.webhook import Webhook

DOCUMENT_LENGTH_MAX: Final = 4_096
"""Characters of a notification that an attempt carries beside a body that does not show it."""


def first_attempt(
    taken: Notification, webhook_id: str, text: str, problem: str | None = None, chosen: Chosen | None = None
) -> PendingAttempt:
    """The first attempt of the delivery that a notification owes a webhook; it is always the same one."""
    delivery_id = id_of(taken.producer, taken.id, webhook_id, taken.accepted_at)
    return PendingAttempt(
        record_id=_first_record_id(delivery_id, taken.id, webhook_id),
        delivery_id=delivery_id,
        notification_id=taken.id,
        notification_type=taken.notification_type,
        attempt_number=1,
        trigger=Trigger.NOTIFICATION,
        body=text,
        problem=problem,
        depth=taken.depth,
        chosen=chosen,
    )


def chosen(taken: Notification, webhook: Webhook, document: Callable[[], str]) -> Chosen:
    """By what a webhook was chosen. The notification itself goes along if the body does not show it and it is short."""
    is_in_body = webhook.body_format is BodyFormat.SLACK and webhook.transform_expression is None
    text = None if is_in_body else document()
    return Chosen(
        version=webhook.version,
        action_by=taken.action_by,
        target_user=taken.target_user,
        target_group=taken.target_group,
        is_catalogued=taken.is_catalogued,
        document=text if text is not None and len(text) <= DOCUMENT_LENGTH_MAX else None,
    )


def id_of(producer_name: str, notification_id: str, webhook_id: str, accepted_at: datetime) -> str:
    """The id of a delivery; those of two producers differ, also if their notifications have the same id."""
    scope = () if producer_name == producer.UNKNOWN else (producer_name,)
    return ids.DELIVERY + ids.derived(accepted_at, "delivery", *scope, notification_id, webhook_id)


def first_record_of(attempt: PendingAttempt) -> ids.RecordId:
    """The record of the first attempt of the same delivery, where a notification made it; a test's stands elsewhere."""
    return _first_record_id(attempt.delivery_id, attempt.notification_id, attempt.webhook_id)


def _first_record_id(delivery_id: str, notification_id: str, webhook_id: str) -> ids.RecordId:
    """Derived from the delivery's id; before producers had name spaces, from what that id was derived from."""
    began_at = ids.time_of(delivery_id.removeprefix(ids.DELIVERY))
    if delivery_id == id_of(producer.UNKNOWN, notification_id, webhook_id, began_at):
        return ids.RecordId(webhook_id, ids.derived(began_at, "record", notification_id, webhook_id))
    return ids.RecordId(webhook_id, ids.derived(began_at, "record", delivery_id))
