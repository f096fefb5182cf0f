"""Every error that the service reports to a caller, as a tree.

::

    PosthornError
    ├── InvalidInput                  what was sent cannot be understood
    │   ├── UnknownNotificationType
    │   └── InvalidCursor
    ├── NotAuthenticated              no key, or not a live one
    ├── Forbidden                     a live key, not enough rights
    ├── NotFound                      absent, or not the caller's to see
    │   ├── WebhookNotFound
    │   ├── RecordNotFound
    │   ├── RecoveryNotFound
    │   ├── UserNotFound
    │   ├── KeyNotFound
    │   └── NotificationTypeNotFound
    ├── Conflict                      the thing is not in a state for that
    │   ├── VersionConflict
    │   ├── WebhookPaused
    │   ├── WebhookDisabled
    │   ├── RecordExpunged
    │   ├── WebhookTestRunning    one test of a webhook at a time
    │   ├── RecoveryRunning       one recovery of a webhook at a time
    │   └── NotificationIdTaken   the producer has sent another notification under that id
    ├── SchemaViolation               a notification that its type's schema does not allow
    ├── TooLarge                      more bytes than a limit allows
    ├── LimitReached                  more things than a limit allows
    ├── RateLimited                   more requests in a minute than a limit allows
    ├── NotificationLoop              a notification that was delivered too often on its way here
    ├── RefusedUrl                    well formed, and we will not call it
    ├── RefusedHeader                 a header of an owner's own that we will not send
    ├── InvalidExpression             a filter or a transform that is no JMESPath
    └── Unavailable                   a store or a queue refused; nothing was half done

`chalicelib.api.errors` maps each of them to an HTTP status, and a test checks that none is missing.
"""

from __future__ import annotations

from typing import ClassVar


class PosthornError(Exception):
    """The base class: a stable code for programs, a message for people, and the invalid fields.

    Args:
        message: what was wrong and what to do, in one or two sentences, without secrets.
        fields: path of the invalid field (``webhooks.0.url``) → its problem.

    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields or {}


class InvalidInput(PosthornError):
    """The request is not valid."""

    code = "invalid_input"


class UnknownNotificationType(InvalidInput):
    """A webhook names a notification type that is not in the catalogue."""

    code = "unknown_notification_type"


class InvalidCursor(InvalidInput):
    """The cursor was changed, or belongs to another list."""

    code = "invalid_cursor"


class NotAuthenticated(PosthornError):
    """The request has no API key, or one that is not valid."""

    code = "not_authenticated"


class Forbidden(PosthornError):
    """The key is valid, but does not have the right to do this."""

    code = "forbidden"


class NotFound(PosthornError):
    """The object does not exist, or the caller may not see it."""

    code = "not_found"


class WebhookNotFound(NotFound):
    """No such webhook for this caller."""

    code = "webhook_not_found"


class RecordNotFound(NotFound):
    """No such history record for this caller."""

    code = "record_not_found"


class RecoveryNotFound(NotFound):
    """No such recovery of that webhook."""

    code = "recovery_not_found"


class UserNotFound(NotFound):
    """No such user."""

    code = "user_not_found"


class KeyNotFound(NotFound):
    """No such API key of that user."""

    code = "key_not_found"


class NotificationTypeNotFound(NotFound):
    """The catalogue has no such notification type."""

    code = "notification_type_not_found"


class Conflict(PosthornError):
    """The current state of the object does not allow this."""

    code = "conflict"


class VersionConflict(Conflict):
    """Somebody else changed it in the meantime."""

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


class WebhookTestRunning(Conflict):
    """A test of the webhook is running; `fields.recordId` is the id of its record."""

    code = "test_running"


class RecoveryRunning(Conflict):
    """A recovery of the webhook is running; `fields.recoveryId` is its id."""

    code = "recovery_running"


class NotificationIdTaken(Conflict):
    """The same producer has sent a different notification with that id."""

    code = "notification_id_taken"


class SchemaViolation(PosthornError):
    """A notification does not match the JSON Schema of its type; `fields` has the paths."""

    code = "schema_violation"


class TooLarge(PosthornError):
    """The request has more bytes than a limit allows; the message names the limit."""

    code = "too_large"


class LimitReached(PosthornError):
    """There are more objects than a limit allows; the message names the limit."""

    code = "limit_reached"


class RateLimited(PosthornError):
    """The key or its user made too many requests in this minute; `Retry-After` says when the next one begins."""

    code = "rate_limited"

    def __init__(self, message: str, retry_after_s: int = 0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class NotificationLoop(PosthornError):
    """The notification was caused by a longer chain of deliveries than the limit allows."""

    code = "notification_loop"


class RefusedUrl(PosthornError):
    """The service does not call this URL: its scheme, host or IP address is not allowed."""

    code = "refused_url"


class InvalidExpression(PosthornError):
    """The filter or the transform is not valid JMESPath, or takes too much work; the message says where."""

    code = "invalid_expression"


class RefusedHeader(PosthornError):
    """The service does not send this header, or this secret in a header."""

    code = "refused_header"


class Unavailable(PosthornError):
    """The service is temporarily unavailable. Nothing was partly done, so the request is safe to repeat."""

    code = "unavailable"
