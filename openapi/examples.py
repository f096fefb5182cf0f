"""Examples of bodies and answers, by operation: the reference page's notification, and what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from openapi import things

if TYPE_CHECKING:
    from openapi.schemas import Json

BODIES: Final[dict[str, dict[str, Any]]] = {
    "create_webhooks": {
        "one": {"webhooks": [things.DRAFT]},
        "global, with a filter and headers of its own": {
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
    "rotate_secret": {"at once": {"overlapSeconds": 0}},
    "preview_webhook": {
        "a draft": {"webhook": things.DRAFT, "notification": things.NOTIFICATION},
        "one that is there": {"webhookId": things.WEBHOOK_ID},
    },
    "try_webhook": {"a notification of your own": {"notification": things.NOTIFICATION}},
    "start_recovery": {"what failed": {"since": "2026-03-01T00:00:00Z", "until": "2026-03-01T12:00:00Z", "only": "failed"}},
    "put_action": {
        "with a schema": {
            "description": "Goods have left the house.",
            "template": "{actor} has shipped {subject}.",
            "schema": things.SCHEMA,
        }
    },
    "accept_notifications": {
        "one": things.NOTIFICATION,
        "several": {
            "notifications": [
                things.NOTIFICATION,
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
"""Operation → name of the example → body."""

ANSWERS: Final[dict[tuple[str, int], Any]] = {
    ("show_health", 200): {"status": "ok"},
    ("create_webhooks", 201): {"createdWebhooks": [things.WEBHOOK | {"secret": things.SECRET}], "errors": [things.REFUSED]},
    ("list_webhooks", 200): [things.WEBHOOK],
    ("show_webhook", 200): things.WEBHOOK,
    ("edit_webhook", 200): things.WEBHOOK | {"status": "paused", "version": 2},
    ("rotate_secret", 200): things.WEBHOOK | {"version": 2, "secret": things.SECRET},
    ("preview_webhook", 200): {
        "matches": True,
        "passesFilter": True,
        "sends": True,
        "body": things.BODY,
        "headers": things.HEADERS,
        "problem": None,
    },
    ("try_webhook", 200): things.RECORD | {"trigger": "test"},
    ("try_webhook", 202): {"id": things.RECORD_ID},
    ("start_recovery", 202): things.RECOVERY | {"progress": 0.0, "enqueued": 0, "examined": 0},
    ("list_recoveries", 200): [things.RECOVERY],
    ("show_recovery", 200): things.RECOVERY,
    ("stop_recovery", 200): things.RECOVERY | {"state": "stopped"},
    ("list_records", 200): [things.RECORD],
    ("show_record", 200): things.RECORD,
    ("list_attempts", 200): [{key: value for key, value in things.RECORD.items() if key not in {"request", "response"}}],
    ("retry_record", 202): {"id": things.RETRY_ID, "retryOf": things.RECORD_ID},
    ("retry_record_at_history", 202): {"id": things.RETRY_ID, "retryOf": things.RECORD_ID},
    ("expunge_record", 200): things.RECORD
    | {
        "isExpunged": True,
        "request": {"method": "POST", "url": things.SLACK, "headers": {}, "body": ""},
        "response": {"status": 200, "headers": {}, "body": "", "isTruncated": False},
    },
    ("show_stats", 200): {
        "since": "2026-03-01T11:00:00.000Z",
        "until": "2026-03-01T12:01:02.000Z",
        "isComplete": True,
        "totals": things.TALLY,
        "hours": [
            {"hour": "2026-03-01T11:00:00.000Z", **things.TALLY},
            {"hour": things.NOON, "succeeded": 0, "failed": {}, "responseTimeMs": None},
        ],
    },
    ("list_actions", 200): ["modelCreated", "modelDeleted", "orderShipped"],
    ("show_action", 200): things.ACTION | {"schema": things.SCHEMA},
    ("put_action", 200): things.ACTION | {"schema": things.SCHEMA},
    ("put_action", 201): things.ACTION | {"schema": things.SCHEMA},
    ("accept_notifications", 202): {
        "accepted": [
            {"index": 0, "id": things.NOTIFICATION_ID},
            {"index": 1, "id": "order-7-shipped", "deliverAt": "2026-03-02T08:00:00.000Z"},
        ],
        "errors": [],
    },
    ("show_me", 200): things.USER | {"rights": ["all"]},
    ("list_own_keys", 200): [things.MADE_KEY | {"lastUsedOn": "2026-03-01", "current": True}],
    ("list_queues", 200): [
        {"name": "notifications", "waiting": 3, "inFlight": 1, "delayed": 0, "deadLetters": 0},
        {"name": "accepted", "waiting": 0, "inFlight": 0, "delayed": 0, "deadLetters": 0},
        {"name": "deliveries", "waiting": 12, "inFlight": 8, "delayed": 40, "deadLetters": 2},
    ],
    ("list_users", 200): [things.USER],
    ("show_user", 200): things.USER,
    ("put_user", 200): things.USER,
    ("put_user", 201): things.USER,
    ("list_keys", 200): [things.MADE_KEY | {"lastUsedOn": "2026-03-01"}],
    ("make_key", 201): things.MADE_KEY | {"key": things.KEY},
    ("list_audit", 200): [
        {
            "id": "aud_01kjmmwce02d3e4f5g6h7j8k9m",
            "at": "2026-03-01T12:10:00.000Z",
            "actor": 1,
            "action": "webhookPaused",
            "webhookId": things.WEBHOOK_ID,
            "userId": 1,
            "keyId": None,
            "changes": {"enabled": {"from": True, "to": False}},
        }
    ],
}
"""Operation and status → answer."""


def body_of(name: str) -> Json:
    """The examples of an operation's body, as an Examples map."""
    return {
        title.replace(" ", "_").replace(",", ""): {"summary": title, "value": value} for title, value in BODIES[name].items()
    }


def answer_of(name: str, status: int) -> Json:
    """The member with the example of an answer, where there is one."""
    return {"example": ANSWERS[name, status]} if (name, status) in ANSWERS else {}
