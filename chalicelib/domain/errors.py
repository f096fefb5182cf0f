"""All errors that a caller can get, as one tree.

::

    PosthornError
    ├── InvalidInput                  the request cannot be parsed, or a value is not valid
    │   ├── UnknownNotificationType
    │   └── InvalidCursor
    ├── NotAuthenticated              no API key, or one that is not valid
    ├── Forbidden                     a valid key without the required right
    ├── NotFound                      does not exist, or the caller may not see it
    │   ├── WebhookNotFound
    │   ├── RecordNotFound
    │   ├── RecoveryNotFound
    │   ├── UserNotFound
    │   ├── KeyNotFound
    │   └── NotificationTypeNotFound
    ├── Conflict                      the state of the resource does not allow it
    │   ├── VersionConflict
    │   ├── WebhookPaused
    │   ├── WebhookDisabled
    │   ├── RecordExpunged
    │   ├── AnotherTestRunning    a webhook has one test at a time
    │   ├── RecoveryRunning       a webhook has one recovery at a time
    │   └── NotificationIdTaken   the producer has used that id for another notification
    ├── SchemaViolation               a notification that does not match the schema of its type
    ├── TooLarge                      more bytes than a limit allows
    ├── LimitReached                  more objects than a limit allows
    ├── RateLimited                   more requests in a minute than a limit allows
    ├── NotificationLoop              a notification that too many deliveries in a row led to
    ├── RefusedUrl                    well formed, but the service does not call it
    ├── RefusedHeader                 an owner's header that the service does not send
    ├── InvalidExpression             a filter or a transform that is not valid JMESPath
    └── Unavailable                   a store or a queue refused; nothing was half done

`chalicelib.api.errors` maps each leaf to its HTTP status. A test checks that the table is complete.
"""

from __future__ import annotations

from typing import ClassVar


class PosthornError(Exception):
    """The base class: a stable code for programs, a sentence for people, and the fields that are wrong.

    Args:
        message: what was wrong and what to do, in one or two sentences, without secrets.
        fields: path of a field (``webhooks.0.url``) → what is wrong with it.

    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields or {}


class InvalidInput(PosthornError):
    """The request cannot be parsed, or a value is not valid."""

    code = "invalid_input"


class UnknownNotificationType(InvalidInput):
    """A webhook subscribes to a notification type that is not in the catalogue."""

    code = "unknown_notification_type"


class InvalidCursor(InvalidInput):
    """The cursor was altered, or belongs to another list."""

    code = "invalid_cursor"


class NotAuthenticated(PosthornError):
    """The request has no API key, or one that is unknown, revoked, expired, or of a suspended user."""

    code = "not_authenticated"


class Forbidden(PosthornError):
    """The key is valid, but does not have the required right."""

    code = "forbidden"


class NotFound(PosthornError):
    """It does not exist, or the caller may not see it."""

    code = "not_found"


class WebhookNotFound(NotFound):
    """The webhook does not exist, or the caller may not see it."""

    code = "webhook_not_found"


class RecordNotFound(NotFound):
    """The history record does not exist, or the caller may not see it."""

    code = "record_not_found"


class RecoveryNotFound(NotFound):
    """The webhook has no such recovery."""

    code = "recovery_not_found"


class UserNotFound(NotFound):
    """There is no such user."""

    code = "user_not_found"


class KeyNotFound(NotFound):
    """The user has no such API key."""

    code = "key_not_found"


class NotificationTypeNotFound(NotFound):
    """The catalogue has no such notification type."""

    code = "notification_type_not_found"


class Conflict(PosthornError):
    """The state of the resource does not allow this."""

    code = "conflict"


class VersionConflict(Conflict):
    """Somebody else changed it in the meantime; read it again and repeat the change."""

    code = "version_conflict"


class WebhookPaused(Conflict):
    """The webhook was paused by its owner."""

    code = "webhook_paused"


class WebhookDisabled(Conflict):
    """The webhook was disabled by the service."""

    code = "webhook_disabled"


class RecordExpunged(Conflict):
    """The record's bodies and headers were expunged, so it cannot be sent again."""

    code = "record_expunged"


class AnotherTestRunning(Conflict):
    """A test of the webhook is running; `fields.recordId` is the id that its record will have."""

    code = "test_running"


class RecoveryRunning(Conflict):
    """A recovery of the webhook is running; `fields.recoveryId` is its id."""

    code = "recovery_running"


class NotificationIdTaken(Conflict):
    """The producer has already sent a different notification with that id."""

    code = "notification_id_taken"


class SchemaViolation(PosthornError):
    """A notification does not match the JSON Schema of its type; `fields` has the paths."""

    code = "schema_violation"


class TooLarge(PosthornError):
    """The request has more bytes than a limit allows; the message names the limit."""

    code = "too_large"


class LimitReached(PosthornError):
    """More objects than a limit allows; the message names the limit."""

    code = "limit_reached"


class RateLimited(PosthornError):
    """The key or its user made too many requests in this minute; `Retry-After` says when the next one begins."""

    code = "rate_limited"

    def __init__(self, message: str, retry_after_s: int = 0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class NotificationLoop(PosthornError):
    """Too many deliveries in a row led to this notification."""

    code = "notification_loop"


class RefusedUrl(PosthornError):
    """A well-formed URL that the service does not call because of its scheme, its host or its addresses."""

    code = "refused_url"


class InvalidExpression(PosthornError):
    """A filter or a transform that is not valid JMESPath, or is too large; the message says where."""

    code = "invalid_expression"


class RefusedHeader(PosthornError):
    """A header that the owner set, or a secret for a header, that the service does not send."""

    code = "refused_header"


class Unavailable(PosthornError):
    """A store or a queue refused for now. Nothing was half done, so the request may be repeated."""

    code = "unavailable"
