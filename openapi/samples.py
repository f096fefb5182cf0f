"""Sample values for the examples: a webhook, a notification and its delivery, a user, a key."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from openapi import sample_delivery

if TYPE_CHECKING:
    from openapi.schemas import Json

WEBHOOK_ID: Final = "wh_01kjmma2g0q1w2e3r4t5y6z7a8"
RETRY_ID: Final = "rec_01kjmma2g0q1w2e3r4t5y6z7a801kjmnepc0h5j6k7m8n9p0q1r2"
RECOVERY_ID: Final = "rcv_01kjmmk7f08h9j0k1m2n3p4q5r"
NOTIFICATION_ID: Final = "ntf_01kjmmf4jn3b4c5d6e7f8g9h0j"
USER_ID: Final = "1"
KEY_ID: Final = "key_3f9a1c5e7b2d4f6081a3c5e7"
KEY: Final = "phk_ZXhhbXBsZS1rZXktb2YtdGhlLWRvY3VtZW50YXRpb24"
SECRET: Final = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - the specification's own example
SLACK: Final = "https://hooks.slack.com/services/T0AB1CD2E/B0AB1CD2E/uVwXyZ0123456789abcdefgh"
NOON: Final = "2026-03-01T12:00:00.000Z"

NOTIFICATION: Final[Json] = {
    "notificationType": "modelDeleted",
    "text": "Steve Touw has deleted the test data source.",
    "dataSourceName": "test",
    "actionBy": 1,
    "modelType": "datasource",
    "modelId": 15,
    "targetUser": 1,
    "targetGroup": None,
}
DRAFT: Final[Json] = {
    "url": SLACK,
    "name": "Deletions to #data-platform",
    "notificationType": ["modelDeleted", "collection*"],
    "actionType": "triggered",
}
WEBHOOK: Final[Json] = sample_delivery.webhook(WEBHOOK_ID, DRAFT, datetime.fromisoformat(NOON))
RECORD: Final[Json] = sample_delivery.record(WEBHOOK_ID, SLACK, SECRET, NOTIFICATION_ID, NOTIFICATION)
RECORD_ID: Final[str] = RECORD["id"]
BODY: Final[str] = RECORD["request"]["body"]
HEADERS: Final[Json] = RECORD["request"]["headers"]
RECOVERY: Final[Json] = {
    "id": RECOVERY_ID,
    "webhookId": WEBHOOK_ID,
    "only": "failed",
    "since": "2026-03-01T00:00:00.000Z",
    "until": NOON,
    "state": "running",
    "progress": 0.42,
    "enqueued": 1260,
    "examined": 3000,
    "startedAt": "2026-03-01T12:05:00.000Z",
    "updatedAt": "2026-03-01T12:05:09.120Z",
}
TALLY: Final[Json] = {
    "succeeded": 41,
    "failed": {"timeout": 2},
    "responseTimeMs": {"p50": 96.4, "p95": 210.8, "p99": 388.1},
}
ACTION: Final[Json] = {
    "name": "orderShipped",
    "description": "An order was handed to the carrier.",
    "template": "{actor} has shipped {subject}.",
    "hasSchema": True,
    "isCustom": True,
}
SCHEMA: Final[Json] = {"type": "object", "required": ["orderId"], "properties": {"orderId": {"type": "integer"}}}
USER: Final[Json] = {
    "id": 1,
    "name": "Steve Touw",
    "role": "user",
    "groups": [7],
    "enabled": True,
    "createdAt": NOON,
    "updatedAt": NOON,
}
SAMPLE_KEY: Final[Json] = {
    "id": KEY_ID,
    "name": "producer",
    "rights": ["send"],
    "createdAt": NOON,
    "lastUsedOn": None,
    "expiresAt": "2027-03-01T12:00:00.000Z",
}
REFUSED: Final[Json] = {
    "index": 1,
    "code": "refused_url",
    "message": "The URL is refused: its host leads to an address that is not public.",
    "fields": {"webhooks.1.url": "its host leads to an address that is not public"},
}
