"""What the document says in sentences, and in which order it says it."""

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

**Keys.** Each request carries an API key: `Authorization: <key>` or `Authorization: Bearer <key>`. A *user* sees and touches
their own webhooks and records, an *admin* everybody's. What a caller may not see answers 404, not 403. A key's rights may be
narrower than that: `send` is for `POST /notifications` alone, `read` for GET alone, `all` for everything that the user may
do. Any key may GET /me. What a key has no right to answers 403. A key that expired, or whose user is suspended, answers 401.

**Errors** are `{"error": {"code", "message", "fields"?}}`. `code` is for programs and stays; `message` is for people and may
change; `fields` leads to the places. Where a request holds several elements, each is taken or refused by itself. 503 has a
`Retry-After`; nothing was half done, so the request may be repeated. Amazon API Gateway may refuse a request before it gets
here, with an error of the same shape: 429 `throttled` beyond the rate of the stage or of its AWS account, 413 `too_large`
beyond 10 MB, 404 `not_found` for a path that it does not know.

**Rate limits.** A key may make 6,000 requests a minute and a user 12,000, unless the operator has set other limits. What
creates, previews or tests webhooks, recovers or retries counts as 10. `RateLimit-Limit`, `RateLimit-Remaining` and
`RateLimit-Reset` are on every answer to a request with a live key. Beyond the limit it is 429 `rate_limited`, with
`Retry-After`.

**Lists** are arrays. Where there is more, the answer has a `Link: <…>; rel="next"` header: follow it as it stands. A page
may be shorter than `limit`, even empty, and still have a next one: the header decides, not the count.

**Times** are ISO 8601 in UTC; those that are sent need a zone. Ids are opaque strings, but those of users and groups: they
may be integers, and `1` and `"1"` are the same one.
"""

TAGS: Final = MappingProxyType({
    "webhooks": "Who wants to hear of what, where it is sent, and how.",
    "history": "What was sent and answered, attempt by attempt, and asking for it again.",
    "recovery": "All of a span of time, once more.",
    "notifications": "What happened.",
    "notification types": "What can happen: the catalogue.",
    "users": "Who there is, and the keys by which they are known.",
    "operations": "How the service is, and who changed what.",
    "pages": "For people.",
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
"""The first that fits, a path's own words before what is around it."""

ANSWERS: Final = MappingProxyType({
    ("create_webhooks", 201): "At least one was made; `errors` tells of the rest. Each `secret` is shown here, once.",
    ("rotate_secret", 200): "The webhook with its new `secret`, which is shown here, once.",
    ("try_webhook", 200): "The record of the attempt.",
    ("try_webhook", 202): "The attempt takes longer: the id that its record will have, and where it will be.",
    ("start_recovery", 202): "It has begun; `Location` tells how far it is.",
    ("retry_record", 202): "It is enqueued. Its record appears when the attempt has been made.",
    ("retry_record_at_history", 202): "It is enqueued. Its record appears when the attempt has been made.",
    ("list_records", 200): "Records, newest first; with `bodies=false`, without `request` and `response`.",
    ("list_actions", 200): "Names; with `details=true`, objects.",
    ("put_action", 201): "It was added.",
    ("put_action", 200): "It was changed.",
    ("put_user", 201): "The user was made.",
    ("put_user", 200): "The user was changed.",
    ("list_own_keys", 200): "The keys; `current` is the one of this request.",
    ("make_key", 201): "The key, which is shown here, once.",
    ("accept_notifications", 202): "At least one was taken; `errors` tells of the rest.",
    ("show_document", 304): "You have it already.",
})  # fmt: skip
"""Operation and status → what the answer says, where the status alone does not say it."""

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
        "description": "The name of a file, as the console's page has it: a digest of its content is in it.",
        "schema": {"type": "string", "pattern": r"^[a-z]+-[A-Z0-9]{8}\.(js|css|svg)$"},
        "example": "console-0A1B2C3D.js",
    },
    "If-Match": {
        "description": "The `ETag` of the webhook as you read it: 409 where somebody else has changed it meanwhile.",
        "schema": {"type": "string"},
        "example": '"3"',
    },
    "Posthorn-Depth": {
        "description": "How many deliveries led to this: the header of the request that a receiver reacts to, handed on as "
        "it came. 422 beyond NOTIFICATION_DEPTH_MAX.",
        "schema": {"type": "string", "pattern": "^[0-9]{1,6}$"},
        "example": "1",
    },
    "If-None-Match": {
        "description": "The `ETag` of what you have: 304 while it is the same.",
        "schema": {"type": "string"},
        "example": '"0123456789abcdef"',
    },
}

HEADERS: Final[dict[str, Json]] = {
    "ETag": {
        "description": "The version of what is answered.",
        "required": True,
        "schema": {"type": "string"},
        "example": '"3"',
    },
    "Link": {
        "description": "Where the next page is, while there is one.",
        "schema": {"type": "string"},
        "example": '<https://posthorn.example/api/webhooks?cursor=…>; rel="next"',
    },
    "RateLimit-Limit": {
        "description": "The requests that may be made in a minute: by the key or by its user, whichever has fewer left.",
        "schema": {"type": "integer"},
        "example": 6000,
    },
    "RateLimit-Remaining": {
        "description": "How many of them are left, about.",
        "schema": {"type": "integer"},
        "example": 5990,
    },
    "RateLimit-Reset": {
        "description": "Seconds until the next minute begins.",
        "schema": {"type": "integer"},
        "example": 42,
    },
    "Retry-After": {
        "description": "Seconds after which to try again, on `rate_limited` and `throttled`.",
        "schema": {"type": "integer"},
        "example": 42,
    },
    "Location": {
        "description": "Where it can be followed, from the root of the API.",
        "required": True,
        "schema": {"type": "string", "format": "uri-reference"},
        "example": f"/webhooks/{things.WEBHOOK_ID}/recoveries/{things.RECOVERY_ID}",
    },
}
RATE_LIMIT: Final[Json] = {name: {"$ref": f"#/components/headers/{name}"} for name in limits.HEADERS}
"""The headers of every answer to a request that carries a live key."""

SECURITY: Final[dict[str, Json]] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "`Authorization: Bearer <key>`"},
    "key": {"type": "apiKey", "in": "header", "name": "Authorization", "description": "`Authorization: <key>`"},
}


def tag_of(path: str) -> str:
    """What a path is about."""
    return next(tag for prefix, tag in _TAG_OF_PREFIX if path.startswith(prefix))


def place_of(path: str) -> int:
    """Where a path stands in the document: by its tag."""
    return list(TAGS).index(tag_of(path))
