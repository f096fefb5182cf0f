"""The texts of the document, and the order of its operations."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from chalicelib.api import limits
from chalicelib.domain import ids
from chalicelib.domain.notifications.notification_types import NAME_PATTERN
from openapi import samples

if TYPE_CHECKING:
    from openapi.schemas import Json

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")

INFO: Final = """\
Outbound webhooks that a team owns. Requests and responses are JSON.

**Keys.** Each request has an API key: `Authorization: <key>` or `Authorization: Bearer <key>`. A *user* can read and change
their own webhooks and records, an *admin* everybody's. If a caller may not see something, the response is 404, not 403. The
rights of a key can be narrower: `send` allows only `POST /notifications`, `read` only GET, `all` everything that the user
may do. Any key may GET /me. If a key does not have the required right, the response is 403. If it has expired, or its user
is suspended, the response is 401.

**Errors** are `{"error": {"code", "message", "fields"?}}`. `code` is for programs and does not change. `message` is for
people and may change. `fields` says which fields are wrong. If a request contains several elements, each is accepted or
refused separately. 503 has a `Retry-After`; nothing was half done, so the request may be repeated. Amazon API Gateway may
refuse a request before it reaches the service, with an error of the same shape: 429 `throttled` above the rate of the stage
or of its AWS account, 413 `too_large` above 10 MB, 404 `not_found` for an unknown path.

**Rate limits.** A key may make 6,000 requests a minute and a user 12,000, unless the operator has set other limits. A
request that creates, previews or tests webhooks, recovers or retries counts as 10. `RateLimit-Limit`, `RateLimit-Remaining`
and `RateLimit-Reset` are in every response to a request with a valid key. Above the limit the response is 429
`rate_limited`, with `Retry-After`.

**Pagination.** Lists are arrays. If there is another page, the response has the header `Link: <…>; rel="next"`. Use its URL
unchanged. A page may be shorter than `limit`, even empty, and still have a next page: only the header counts.

**Times** are ISO 8601 in UTC. Times in requests need a time zone. **Ids** are opaque strings. Only those of users and groups
may be integers, and `1` and `"1"` are the same id.
"""

TAGS: Final = MappingProxyType({
    "webhooks": "Webhooks: which notifications are sent to which URL, and how.",
    "history": "The history of attempts with requests and responses, and retries.",
    "recovery": "Recoveries: the deliveries of a time range are sent again.",
    "notifications": "Send notifications.",
    "notification types": "The catalogue of notification types.",
    "users": "Users and their API keys.",
    "operations": "The state of the service, and the audit.",
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
"""The first prefix that matches. More specific prefixes come first."""

RESPONSES: Final = MappingProxyType({
    ("create_webhooks", 201): "At least one was created; `errors` lists the others. Each `secret` is shown only here.",
    ("rotate_secret", 200): "The webhook with its new `secret`, which is shown only here.",
    ("try_webhook", 200): "The record of the attempt.",
    ("try_webhook", 202): "The attempt takes longer: the id and the URL that its record will have.",
    ("start_recovery", 202): "The recovery has started. `Location` is the URL of its progress.",
    ("retry_record", 202): "The retry is enqueued. Its record appears after the attempt.",
    ("retry_record_at_history", 202): "The retry is enqueued. Its record appears after the attempt.",
    ("list_records", 200): "Records, newest first. With `bodies=false`, they have no `request` and `response`.",
    ("list_actions", 200): "Names, or objects with `details=true`.",
    ("put_action", 201): "The notification type was added.",
    ("put_action", 200): "The notification type was changed.",
    ("put_user", 201): "The user was created.",
    ("put_user", 200): "The user was changed.",
    ("list_own_keys", 200): "The keys. `current` marks the key of this request.",
    ("make_key", 201): "The key, which is shown only here.",
    ("accept_notifications", 202): "At least one was accepted; `errors` lists the others.",
    ("show_document", 304): "The document has not changed.",
})  # fmt: skip
"""Operation and status → description of the response, if the status alone does not say enough."""

_PART: Final = f"[0-7][{ids.ALPHABET}]{{{ids.LENGTH - 1}}}"

PARAMETERS: Final[dict[str, Json]] = {
    "webhook_id": {
        "description": "The `id` of a webhook.",
        "schema": {"type": "string", "pattern": f"^{ids.WEBHOOK}{_PART}$"},
        "example": samples.WEBHOOK_ID,
    },
    "record_id": {
        "description": "The `id` of a history record.",
        "schema": {"type": "string", "pattern": f"^{ids.RECORD}{_PART}{_PART}$"},
        "example": samples.RECORD_ID,
    },
    "recovery_id": {
        "description": "The `id` of a recovery.",
        "schema": {"type": "string", "pattern": f"^{ids.RECOVERY}{_PART}$"},
        "example": samples.RECOVERY_ID,
    },
    "user_id": {
        "description": "The `id` of a user: 1 to 128 printable characters.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 128},
        "example": samples.USER_ID,
    },
    "key_id": {
        "description": "The `id` of a key, not the key itself.",
        "schema": {"type": "string", "pattern": "^key_[0-9a-f]{1,64}$"},
        "example": samples.KEY_ID,
    },
    "name": {
        "description": "The name of a notification type, case-insensitive.",
        "schema": {"type": "string", "pattern": f"^{NAME_PATTERN}$"},
        "example": "orderShipped",
    },
    "file": {
        "name": "name",
        "description": "The name of a file of the console, which includes a digest of its content.",
        "schema": {"type": "string", "pattern": r"^[a-z]+-[A-Z0-9]{8}\.(js|css|svg)$"},
        "example": "console-0A1B2C3D.js",
    },
    "If-Match": {
        "description": "The `ETag` of the webhook when you read it. If it was changed since then, the response is 409.",
        "schema": {"type": "string"},
        "example": '"3"',
    },
    "Posthorn-Depth": {
        "description": "How many deliveries led to this notification. A receiver that sends it in reaction to a request "
        "copies this header from that request. Above NOTIFICATION_DEPTH_MAX the response is 422.",
        "schema": {"type": "string", "pattern": "^[0-9]{1,6}$"},
        "example": "1",
    },
    "If-None-Match": {
        "description": "The `ETag` of your copy. If it is current, the response is 304.",
        "schema": {"type": "string"},
        "example": '"0123456789abcdef"',
    },
}

HEADERS: Final[dict[str, Json]] = {
    "ETag": {
        "description": "The version of the resource.",
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
        "description": "The limit of requests in a minute: the key's or its user's, the one with fewer remaining.",
        "schema": {"type": "integer"},
        "example": 6000,
    },
    "RateLimit-Remaining": {
        "description": "Approximately how many requests remain in this minute.",
        "schema": {"type": "integer"},
        "example": 5990,
    },
    "RateLimit-Reset": {
        "description": "Seconds until the next minute begins.",
        "schema": {"type": "integer"},
        "example": 42,
    },
    "Retry-After": {
        "description": "Seconds after which to try again, for `rate_limited` and `throttled`.",
        "schema": {"type": "integer"},
        "example": 42,
    },
    "Location": {
        "description": "The path of the resource to poll, relative to the root of the API.",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
        "example": f"/webhooks/{samples.WEBHOOK_ID}/recoveries/{samples.RECOVERY_ID}",
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
