"""A delivery: one notification for one webhook, over all its attempts.

Its ids derive from the notification, its producer and the webhook, so every process that derives them gets the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass
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
"""Characters of a notification that an attempt carries, in addition to a body that does not show them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What all attempts of a delivery have in common; `id` is the `webhook-id` header of each.

    `depth` is how many deliveries led to the notification.
    """

    id: str
    webhook_id: str
    notification_id: str
    notification_type: str
    depth: int = 0

    @classmethod
    def of(cls, notification: Notification, webhook_id: str) -> Delivery:
        """The delivery of a notification to a webhook; it is always the same one."""
        return cls(
            id=_id(notification.producer, notification.id, webhook_id, notification.accepted_at),
            webhook_id=webhook_id,
            notification_id=notification.id,
            notification_type=notification.notification_type,
            depth=notification.depth,
        )

    @classmethod
    def of_attempt(cls, attempt: PendingAttempt) -> Delivery:
        """The delivery of which it is an attempt."""
        return cls(
            id=attempt.delivery_id,
            webhook_id=attempt.webhook_id,
            notification_id=attempt.notification_id,
            notification_type=attempt.notification_type,
            depth=attempt.depth,
        )

    @property
    def first_record_id(self) -> ids.RecordId:
        """The id of the record of its first attempt, if a notification made it; a test's first record has another one.

        It derives from the delivery's id; before producers had name spaces, it derived from what that id is derived from.
        """
        began_at = ids.time_of(self.id.removeprefix(ids.DELIVERY))
        if self.id == _id(producer.UNKNOWN, self.notification_id, self.webhook_id, began_at):
            return ids.RecordId(self.webhook_id, ids.derived(began_at, "record", self.notification_id, self.webhook_id))
        return ids.RecordId(self.webhook_id, ids.derived(began_at, "record", self.id))

    def first_attempt(
        self, body: str, problem: str | None = None, chosen: Chosen | None = None, content_type: str | None = None
    ) -> PendingAttempt:
        """Its first attempt; with a problem, there is nothing to send."""
        return PendingAttempt(
            record_id=self.first_record_id,
            delivery_id=self.id,
            notification_id=self.notification_id,
            notification_type=self.notification_type,
            attempt_number=1,
            trigger=Trigger.NOTIFICATION,
            body=body,
            problem=problem,
            depth=self.depth,
            chosen=chosen,
            content_type=content_type,
        )


def chosen(notification: Notification, webhook: Webhook, document: Callable[[], str]) -> Chosen:
    """Why a webhook was chosen. The notification itself goes along if the body does not show it and it is short."""
    is_in_body = webhook.body_format is BodyFormat.SLACK and webhook.transform_expression is None
    text = None if is_in_body else document()
    return Chosen(
        version=webhook.version,
        action_by=notification.action_by,
        target_user=notification.target_user,
        target_group=notification.target_group,
        is_catalogued=notification.is_catalogued,
        document=text if text is not None and len(text) <= DOCUMENT_LENGTH_MAX else None,
    )


def _id(producer_name: str, notification_id: str, webhook_id: str, accepted_at: datetime) -> str:
    """Deliveries of two producers have different ids, even if their notifications have the same id."""
    scope = () if producer_name == producer.UNKNOWN else (producer_name,)
    return ids.DELIVERY + ids.derived(accepted_at, "delivery", *scope, notification_id, webhook_id)
