"""The sentences of the document, and its order."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from chalicelib.api import limits
from chalicelib.domain import ids
from chalicelib.domain.notifications.notification_types import NAME_PATTERN
from openapi import things

if TYPE_CHECKING:
    from openapi.schemas import Json

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")

INFO: Final = """\
Outbound webhooks that a team owns. JSON in, JSON out.

**Keys.** Each request has an API key: `Authorization: <key>` or `Authorization: Bearer <key>`. A *user* can see and change
their own webhooks and records, an *admin* those of all users. If a caller may not see an object, the response is 404, not
403. The rights of a key can be narrower: `send` is only for `POST /notifications`, `read` only for GET, and `all` for
everything that the user may do. Every key may GET /me. A key without the right gets 403. A key that has expired, or whose
user is suspended, gets 401.

**Errors** are `{"error": {"code", "message", "fields"?}}`. `code` is for programs and does not change. `message` is for
people and may change. `fields` names the invalid members. If a request has several elements, each is accepted or refused
separately. 503 has a `Retry-After`: nothing was partly done, so the request is safe to repeat. Amazon API Gateway may refuse
a request before it reaches the service, with an error in the same format: 429 `throttled` above the rate limit of the stage
or of its AWS account, 413 `too_large` above 10 MB, 404 `not_found` for a path that it does not know.

**Rate limits.** A key may make 6,000 requests per minute and a user 12,000, unless the operator has set other limits.
Requests that create, preview or test webhooks, recover or retry count as 10. Every response to a request with a valid key
has `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset`. Above the limit the response is 429 `rate_limited`,
with `Retry-After`.

**Lists** are arrays, with pagination by cursor. If there is a next page, the response has a `Link: <…>; rel="next"` header:
request that URL unchanged. A page can be shorter than `limit`, even empty, and still have a next page: check the header, not
the count.

**Times** are ISO 8601 in UTC. Times in requests need a time zone. Ids are opaque strings, except those of users and groups:
these may be integers, and `1` and `"1"` are the same.
"""

TAGS: Final = MappingProxyType({
    "webhooks": "Subscriptions: which notifications are sent, where, and how.",
    "history": "The request and response of each attempt, and manual retries.",
    "recovery": "Tests, and the deliveries of a period again.",
    "notifications": "Send notifications.",
    "notification types": "The catalogue of what can happen.",
    "users": "Users and their API keys.",
    "operations": "Health, queues, and the audit log.",
    "pages": "Pages for people.",
})  # fmt: skip
_TAG_OF_PREFIX: Final = (
    ("/webhooks/history", "history"),
    ("/history", "history"),
    ("/webhooks/actions", "notification types"),
    ("/webhooks/{webhook_id}/rec", "recovery"),
    ("/webhooks", "webhooks"),
    ("/notifications", "notifications"),
    ("/users", "users"),
    ("/me", "users"),
    ("/console", "pages"),
    ("/docs", "pages"),
    ("/", "operations"),
)
"""The first that matches applies."""

ANSWERS: Final = MappingProxyType({
    ("create_webhooks", 201): "At least one was created; `errors` has the others. Each `secret` is shown only here.",
    ("rotate_secret", 200): "The webhook with its new `secret`, which is shown only here.",
    ("try_webhook", 200): "The record of the attempt.",
    ("try_webhook", 202): "The attempt takes longer. `id` and `Location` are those of its future record.",
    ("start_recovery", 202): "It has started. `Location` is where its progress is.",
    ("retry_record", 202): "The attempt is enqueued. Its record appears when it has been made.",
    ("retry_record_at_history", 202): "The attempt is enqueued. Its record appears when it has been made.",
    ("list_records", 200): "Records, newest first; with `bodies=false`, without `request` and `response`.",
    ("list_actions", 200): "Names; with `details=true`, objects.",
    ("put_action", 201): "The type was created.",
    ("put_action", 200): "The type was changed.",
    ("put_user", 201): "The user was created.",
    ("put_user", 200): "The user was changed.",
    ("list_own_keys", 200): "The keys; `current` is the one of this request.",
    ("make_key", 201): "The key, which is shown only here.",
    ("accept_notifications", 202): "At least one was accepted; `errors` has the others.",
    ("show_document", 304): "Your copy is up to date.",
})  # fmt: skip
"""Operation and status → the description of the response, if the status alone does not say it."""

_PART: Final = f"[0-7][{ids.ALPHABET}]{{{ids.LENGTH - 1}}}"

PARAMETERS: Final[dict[str, Json]] = {
    "webhook_id": {
        "description": "A webhook's `id`.",
        "schema": {"type": "string", "pattern": f"^{ids.WEBHOOK}{_PART}$"},
        "example": things.WEBHOOK_ID,
    },
    "record_id": {
        "description": "A history record's `id`.",
        "schema": {"type": "string", "pattern": f"^{ids.RECORD}{_PART}{_PART}$"},
        "example": things.RECORD_ID,
    },
    "recovery_id": {
        "description": "A recovery's `id`.",
        "schema": {"type": "string", "pattern": f"^{ids.RECOVERY}{_PART}$"},
        "example": things.RECOVERY_ID,
    },
    "user_id": {
        "description": "A user's `id`: 1 to 128 printable characters.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 128},
        "example": things.USER_ID,
    },
    "key_id": {
        "description": "A key's `id`; it is not the key.",
        "schema": {"type": "string", "pattern": "^key_[0-9a-f]{1,64}$"},
        "example": things.KEY_ID,
    },
    "name": {
        "description": "The name of a notification type, in any case.",
        "schema": {"type": "string", "pattern": f"^{NAME_PATTERN}$"},
        "example": "orderShipped",
    },
    "file": {
        "name": "name",
        "description": "The name of a file, as in the console's page: it contains a digest of the content.",
        "schema": {"type": "string", "pattern": r"^[a-z]+-[A-Z0-9]{8}\.(js|css|svg)$"},
        "example": "console-0A1B2C3D.js",
    },
    "If-Match": {
        "description": "The `ETag` of the webhook as you read it: 409 if somebody else has changed it since then.",
        "schema": {"type": "string"},
        "example": '"3"',
    },
    "Posthorn-Depth": {
        "description": "The number of deliveries that led to this: a receiver that reacts to a request copies this header "
        "from it. 422 above NOTIFICATION_DEPTH_MAX.",
        "schema": {"type": "string", "pattern": "^[0-9]{1,6}$"},
        "example": "1",
    },
    "If-None-Match": {
        "description": "The `ETag` of your copy: 304 if it is up to date.",
        "schema": {"type": "string"},
        "example": '"0123456789abcdef"',
    },
}

HEADERS: Final[dict[str, Json]] = {
    "ETag": {
        "description": "The version of the object in the response.",
        "required": True,
        "schema": {"type": "string"},
        "example": '"3"',
    },
    "Link": {
        "description": "The URL of the next page, if there is one.",
        "schema": {"type": "string"},
        "example": '<https://posthorn.example/api/webhooks?cursor=…>; rel="next"',
    },
    "RateLimit-Limit": {
        "description": "The limit of requests per minute: of the key or of its user, whichever has fewer left.",
        "schema": {"type": "integer"},
        "example": 6000,
    },
    "RateLimit-Remaining": {
        "description": "The approximate number of requests that are left.",
        "schema": {"type": "integer"},
        "example": 5990,
    },
    "RateLimit-Reset": {
        "description": "Seconds until the next minute begins.",
        "schema": {"type": "integer"},
        "example": 42,
    },
    "Retry-After": {
        "description": "Seconds to wait before the next request, on `rate_limited` and `throttled`.",
        "schema": {"type": "integer"},
        "example": 42,
    },
    "Location": {
        "description": "Where the object is, relative to the root of the API.",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
        "example": f"/webhooks/{things.WEBHOOK_ID}/recoveries/{things.RECOVERY_ID}",
    },
}
RATE_LIMIT: Final[Json] = {name: {"$ref": f"#/components/headers/{name}"} for name in limits.HEADERS}
"""The headers of every response to a request with a valid key."""

SECURITY: Final[dict[str, Json]] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "`Authorization: Bearer <key>`"},
    "key": {"type": "apiKey", "in": "header", "name": "Authorization", "description": "`Authorization: <key>`"},
}


def tag_of(path: str) -> str:
    """The tag of a path."""
    return next(tag for prefix, tag in _TAG_OF_PREFIX if path.startswith(prefix))


def place_of(path: str) -> int:
    """The position of a path in the document, by its tag."""
    return list(TAGS).index(tag_of(path))
