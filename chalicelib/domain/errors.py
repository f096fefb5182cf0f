"""Every error that a caller can meet, as a tree.

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
    │   ├── AnotherTestRunning    one test of a webhook at a time
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

`chalicelib.api.errors` gives each leaf its HTTP status; a test proves that table complete.
"""

from __future__ import annotations

from typing import ClassVar


class PosthornError(Exception):
    """The one base: a stable code for programs, a sentence for people, and where it went wrong.

    Args:
        message: what was wrong and what to do, in one or two sentences, free of secrets.
        fields: path of the offending field (``webhooks.0.url``) → what is wrong with it.

    """

    code: ClassVar[str] = "error"

    def __init__(self, message: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields or {}


class InvalidInput(PosthornError):
    """What was sent cannot be understood."""

    code = "invalid_input"


class UnknownNotificationType(InvalidInput):
    """A webhook names a notification type that is not in the catalogue."""

    code = "unknown_notification_type"


class InvalidCursor(InvalidInput):
    """A page cursor was altered, or belongs to another list."""

    code = "invalid_cursor"


class NotAuthenticated(PosthornError):
    """There is no API key in the request, or not a live one."""

    code = "not_authenticated"


class Forbidden(PosthornError):
    """The key is live, and does not have the right."""

    code = "forbidden"


class NotFound(PosthornError):
    """It does not exist, or the caller may not see that it does."""

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
    """The thing is not in a state that allows this."""

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
    """The record's bodies and headers were expunged, so there is nothing left to send again."""

    code = "record_expunged"


class AnotherTestRunning(Conflict):
    """A test of the webhook is running; `fields.recordId` is the id that its record has."""

    code = "test_running"


class RecoveryRunning(Conflict):
    """A recovery of the webhook is running; `fields.recoveryId` is its id."""

    code = "recovery_running"


class NotificationIdTaken(Conflict):
    """The producer has sent another notification under that id."""

    code = "notification_id_taken"


class SchemaViolation(PosthornError):
    """A notification does not meet the JSON Schema of its type; `fields` has the paths."""

    code = "schema_violation"


class TooLarge(PosthornError):
    """More bytes than a limit allows; the message names the limit."""

    code = "too_large"


class LimitReached(PosthornError):
    """More things than a limit allows; the message names the limit."""

    code = "limit_reached"


class RateLimited(PosthornError):
    """More requests in a minute than the key or its user may make; `Retry-After` says when the next minute begins."""

    code = "rate_limited"

    def __init__(self, message: str, retry_after_s: int = 0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class NotificationLoop(PosthornError):
    """A notification that came out of deliveries of its own service too often, one after the other."""

    code = "notification_loop"


class RefusedUrl(PosthornError):
    """A well-formed URL that the service will not call: its scheme, its host or its addresses."""

    code = "refused_url"


class InvalidExpression(PosthornError):
    """A filter or a transform that is no JMESPath, or takes too much; the message says where."""

    code = "invalid_expression"


class RefusedHeader(PosthornError):
    """A header of an owner's own, or a secret that would stand in one, that the service will not send."""

    code = "refused_header"


class Unavailable(PosthornError):
    """A store or a queue refused for now; nothing was half done, so the caller may repeat."""

    code = "unavailable"
