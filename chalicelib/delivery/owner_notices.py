"""Notices to the owner of a webhook about its health: notifications like any other, made by Posthorn.

Each has an idempotency key, its id: one event makes one notice.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from chalicelib.domain.notifications import envelope, notification_types, producer
from chalicelib.domain.notifications.notification import principal_as_written
from chalicelib.domain.payloads import raw_json
from chalicelib.intake.ports import QueuedNotification

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.webhooks.health import Health
    from chalicelib.domain.webhooks.webhook import Webhook


def disabled(webhook: Webhook, reason: str) -> QueuedNotification:
    """The webhook was disabled."""
    text = f"The webhook {webhook.name!r} was disabled: {reason}"
    occasion = f"disabled-{webhook.version}"
    return _notice(webhook, notification_types.WEBHOOK_DISABLED, occasion, text, reason=reason)


def failing(webhook: Webhook, after: Health) -> QueuedNotification:
    """The circuit has opened: deliveries are on hold."""
    text = f"The webhook {webhook.name!r} has failed {after.failures} times in a row. Its deliveries are on hold."
    occasion = f"failing-{_stamp(after.failing_since)}"
    return _notice(webhook, notification_types.WEBHOOK_FAILING, occasion, text, consecutiveFailures=after.failures)


def recovered(webhook: Webhook) -> QueuedNotification:
    """The circuit has closed again; `webhook` is as it was before."""
    text = f"The webhook {webhook.name!r} works again."
    return _notice(webhook, notification_types.WEBHOOK_RECOVERED, f"recovered-{_stamp(webhook.health.failing_since)}", text)


def _stamp(failing_since: datetime | None) -> str:
    """When the failures began: it identifies one opening of the circuit, and the recovery from it."""
    return "0" if failing_since is None else str(int(failing_since.timestamp() * 1_000_000))


def _notice(webhook: Webhook, notification_type: str, occasion: str, text: str, **more: str | int) -> QueuedNotification:
    notice: dict[str, Any] = {
        "id": f"{webhook.id}-{occasion}",
        "notificationType": notification_type,
        "text": text,
        "webhookId": webhook.id,
        "webhookName": webhook.name,
        **more,
        "actionBy": None,
        "modelType": "webhook",
        "modelId": webhook.id,
        "targetUser": principal_as_written(webhook.owner_id),
        "targetGroup": None,
    }
    attributes = {envelope.PRODUCER: producer.SERVICE}
    return QueuedNotification(raw_json.carriable(json.dumps(notice, ensure_ascii=False)), attributes)
