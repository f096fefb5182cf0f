"""Examples of request and response bodies by operation, based on the notification of the reference page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from openapi import samples

if TYPE_CHECKING:
    from openapi.schemas import Json

BODIES: Final[dict[str, dict[str, Any]]] = {
    "create_webhooks": {
        "one": {"webhooks": [samples.DRAFT]},
        "global, with a filter and headers": {
            "webhooks": [
                {
                    "url": "https://receiver.example/hooks",
                    "name": "Audit",
                    "notificationType": ["ALL_NOTIFICATIONS"],
                    "global": True,
                    "format": "standard",
                    "filter": "modelType == 'datasource'",
                    "headers": {"X-Team": "data-platform"},
                    "authentication": {"type": "bearer", "token": "a-token-of-the-receivers"},
                    "retrySchedule": [5, 300, 3600],
                }
            ]
        },
    },
    "edit_webhook": {"pause": {"enabled": False}, "change": {"name": "Deletions", "timeoutSeconds": 5, "filter": None}},
    "rotate_secret": {"immediately": {"overlapSeconds": 0}},
    "preview_webhook": {
        "a draft": {"webhook": samples.DRAFT, "notification": samples.NOTIFICATION},
        "an existing webhook": {"webhookId": samples.WEBHOOK_ID},
    },
    "try_webhook": {"a notification of your own": {"notification": samples.NOTIFICATION}},
    "start_recovery": {
        "failed deliveries": {"since": "2026-03-01T00:00:00Z", "until": "2026-03-01T12:00:00Z", "only": "failed"}
    },
    "put_action": {
        "with a schema": {
            "description": "An order was handed to the carrier.",
            "template": "{actor} has shipped {subject}.",
            "schema": samples.SCHEMA,
        }
    },
    "accept_notifications": {
        "one": samples.NOTIFICATION,
        "several": {
            "notifications": [
                samples.NOTIFICATION,
                {
                    "id": "order-7-shipped",
                    "notificationType": "orderShipped",
                    "orderId": 7,
                    "deliverAt": "2026-03-02T08:00:00Z",
                },
            ]
        },
    },
    "put_user": {
        "a user": {"name": "Steve Touw", "role": "user", "groups": [7]},
        "a user who is suspended": {"name": "Steve Touw", "role": "user", "groups": [7], "enabled": False},
    },
    "make_key": {
        "for a person": {"name": "laptop"},
        "for a producer": {"name": "producer", "rights": ["send"], "expiresAt": "2027-03-01T12:00:00Z"},
    },
}
"""Operation → name of the example → request body."""

RESPONSES: Final[dict[tuple[str, int], Any]] = {
    ("show_health", 200): {"status": "ok"},
    ("create_webhooks", 201): {
        "createdWebhooks": [samples.WEBHOOK | {"secret": samples.SECRET}],
        "errors": [samples.REFUSED],
    },
    ("list_webhooks", 200): [samples.WEBHOOK],
    ("show_webhook", 200): samples.WEBHOOK,
    ("edit_webhook", 200): samples.WEBHOOK | {"status": "paused", "version": 2},
    ("rotate_secret", 200): samples.WEBHOOK | {"version": 2, "secret": samples.SECRET},
    ("preview_webhook", 200): {
        "matches": True,
        "passesFilter": True,
        "sends": True,
        "body": samples.BODY,
        "headers": samples.HEADERS,
        "problem": None,
    },
    ("try_webhook", 200): samples.RECORD | {"trigger": "test"},
    ("try_webhook", 202): {"id": samples.RECORD_ID},
    ("start_recovery", 202): samples.RECOVERY | {"progress": 0.0, "enqueued": 0, "examined": 0},
    ("list_recoveries", 200): [samples.RECOVERY],
    ("show_recovery", 200): samples.RECOVERY,
    ("stop_recovery", 200): samples.RECOVERY | {"state": "stopped"},
    ("list_records", 200): [samples.RECORD],
    ("show_record", 200): samples.RECORD,
    ("list_attempts", 200): [{key: value for key, value in samples.RECORD.items() if key not in {"request", "response"}}],
    ("retry_record", 202): {"id": samples.RETRY_ID, "retryOf": samples.RECORD_ID},
    ("retry_record_at_history", 202): {"id": samples.RETRY_ID, "retryOf": samples.RECORD_ID},
    ("expunge_record", 200): samples.RECORD
    | {
        "isExpunged": True,
        "request": {"method": "POST", "url": samples.SLACK, "headers": {}, "body": ""},
        "response": {"status": 200, "headers": {}, "body": "", "isTruncated": False},
    },
    ("show_stats", 200): {
        "since": "2026-03-01T11:00:00.000Z",
        "until": "2026-03-01T12:01:02.000Z",
        "isComplete": True,
        "totals": samples.TALLY,
        "hours": [
            {"hour": "2026-03-01T11:00:00.000Z", **samples.TALLY},
            {"hour": samples.NOON, "succeeded": 0, "failed": {}, "responseTimeMs": None},
        ],
    },
    ("list_actions", 200): ["modelCreated", "modelDeleted", "orderShipped"],
    ("show_action", 200): samples.ACTION | {"schema": samples.SCHEMA},
    ("put_action", 200): samples.ACTION | {"schema": samples.SCHEMA},
    ("put_action", 201): samples.ACTION | {"schema": samples.SCHEMA},
    ("accept_notifications", 202): {
        "accepted": [
            {"index": 0, "id": samples.NOTIFICATION_ID},
            {"index": 1, "id": "order-7-shipped", "deliverAt": "2026-03-02T08:00:00.000Z"},
        ],
        "errors": [],
    },
    ("show_me", 200): samples.USER | {"rights": ["all"]},
    ("list_own_keys", 200): [samples.SAMPLE_KEY | {"lastUsedOn": "2026-03-01", "current": True}],
    ("list_queues", 200): [
        {"name": "notifications", "waiting": 3, "inFlight": 1, "delayed": 0, "deadLetters": 0},
        {"name": "accepted", "waiting": 0, "inFlight": 0, "delayed": 0, "deadLetters": 0},
        {"name": "deliveries", "waiting": 12, "inFlight": 8, "delayed": 40, "deadLetters": 2},
    ],
    ("list_users", 200): [samples.USER],
    ("show_user", 200): samples.USER,
    ("put_user", 200): samples.USER,
    ("put_user", 201): samples.USER,
    ("list_keys", 200): [samples.SAMPLE_KEY | {"lastUsedOn": "2026-03-01"}],
    ("make_key", 201): samples.SAMPLE_KEY | {"key": samples.KEY},
    ("list_audit", 200): [
        {
            "id": "aud_01kjmmwce02d3e4f5g6h7j8k9m",
            "at": "2026-03-01T12:10:00.000Z",
            "actor": 1,
            "action": "webhookPaused",
            "webhookId": samples.WEBHOOK_ID,
            "userId": 1,
            "keyId": None,
            "changes": {"enabled": {"from": True, "to": False}},
        }
    ],
}
"""Operation and status → response body."""


def body_of(name: str) -> Json:
    """The examples of an operation's request body, as an Examples map."""
    return {
        title.replace(" ", "_").replace(",", ""): {"summary": title, "value": value} for title, value in BODIES[name].items()
    }


def response_of(name: str, status: int) -> Json:
    """The member `example` of a response; empty if there is no example."""
    return {"example": RESPONSES[name, status]} if (name, status) in RESPONSES else {}
