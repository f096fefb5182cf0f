"""A sample delivery, made by the service's own functions, so that the examples show the bytes that a receiver gets."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from chalicelib.api.wire import webhooks as wire
from chalicelib.api.wire.history import RecordOut
from chalicelib.delivery import outbound
from chalicelib.domain import ids
from chalicelib.domain.delivery.attempt import Exchange, Response
from chalicelib.domain.delivery.delivery import Delivery
from chalicelib.domain.delivery.schedule import AttemptSchedule
from chalicelib.domain.delivery.signing import SigningSecret
from chalicelib.domain.history import records
from chalicelib.domain.notifications import notification
from chalicelib.domain.payloads import formats
from chalicelib.domain.payloads.formats import BodyFormat
from chalicelib.domain.webhooks.webhook import Webhook
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.history.records import HistoryRecord

_DEFAULTS: Final[dict[str, Any]] = {each.name: each.default for each in fields(Settings)}
_RULES: Final = outbound.RequestRules(_DEFAULTS["request_timeout_s"], _DEFAULTS["user_agent"])
_ON_THE_WAY: Final = timedelta(milliseconds=38)
"""The time between the notification's acceptance and the request."""
_DURATION_MS: Final = 84
_NO_RETRIES: Final = AttemptSchedule(())
_ANSWER: Final = Response(200, (("content-type", "text/html"),), b"ok")
"""Slack's response."""


def webhook(webhook_id: str, draft: dict[str, Any], created_at: datetime) -> dict[str, Any]:
    """The webhook that is created from a draft, as the API shows it to its owner."""
    values = wire.WebhookIn.model_validate_json(json.dumps(draft)).values()
    created = Webhook(id=webhook_id, owner_id="1", groups=(), created_at=created_at, updated_at=created_at, **values)
    return wire.out(created, created_at, is_own=True).model_dump(mode="json")


def record(
    webhook_id: str, url: str, secret: str, notification_id: str, notification_members: dict[str, Any]
) -> dict[str, Any]:
    """The record of the first attempt, as the API shows it to the webhook's owner.

    Args:
        webhook_id: the id of a webhook in the format of Slack.
        url: the webhook's URL.
        secret: the webhook's signing secret.
        notification_id: the id, which also contains the time of acceptance.
        notification_members: the notification as the producer sent it, with a `text`.

    """
    recorded = _attempted(webhook_id, url, secret, notification_id, notification_members)
    return RecordOut.of(recorded, is_own=True).model_dump(mode="json")


def _attempted(webhook_id: str, url: str, secret: str, notification_id: str, members: dict[str, Any]) -> HistoryRecord:
    accepted_at = ids.time_of(notification_id.removeprefix(ids.NOTIFICATION))
    accepted = notification.parse(json.dumps(members), notification_id=notification_id, accepted_at=accepted_at)
    attempt = Delivery.of(accepted, webhook_id).first_attempt(formats.body(BodyFormat.SLACK, accepted, accepted.text or ""))
    webhook = Webhook(
        id=webhook_id,
        owner_id="1",
        url=url,
        name="An example",
        notification_types=(accepted.notification_type,),
        groups=(),
        created_at=accepted_at,
        updated_at=accepted_at,
        secrets=(SigningSecret(secret),),
    )
    sent_at = accepted_at + _ON_THE_WAY
    request = outbound.request(webhook, attempt, sent_at, _RULES)
    exchange = Exchange(request=request, started_at=sent_at, duration_ms=_DURATION_MS, response=_ANSWER)
    return records.record(attempt, exchange, _NO_RETRIES)
