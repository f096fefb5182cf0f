"""The exceptions of the client.

::

    PosthornClientError
    ├── Unreachable        no response: no connection, or it broke, or a timeout
    ├── UnexpectedAnswer   a response that does not come from a Posthorn service
    ├── NotThereYet        a record that was waited for did not appear in time
    └── ErrorAnswer        an error response of the service: status, code, message, fields
        ├── Refused            4xx
        │   ├── NotSignedIn    401
        │   ├── Forbidden      403
        │   ├── NotFound       404
        │   ├── Conflict       409
        │   └── RateLimited    429, too many requests in this minute
        └── Unavailable        5xx
"""

from __future__ import annotations

from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from posthorn.schemas import ElementError, ErrorDetail


class PosthornClientError(Exception):
    """The base class. The message is a sentence for people."""


class Unreachable(PosthornClientError):
    """There was no response: no connection, or it broke, or a timeout."""


class UnexpectedAnswer(PosthornClientError):
    """The response does not come from a Posthorn service."""


class NotThereYet(PosthornClientError):
    """A record that was waited for did not appear in time. It may still appear."""


class ErrorAnswer(PosthornClientError):
    """An error response of the service.

    Args:
        status: of HTTP.
        detail: `code` is for programs and does not change. `message` is for people and may change. `fields` maps the path
            of each invalid value to its problem.
        errors: one for each element that was refused, if the request had several elements.
        retry_after_s: seconds to wait before the next request; 0 if the service does not say.

    """

    def __init__(
        self, status: int, detail: ErrorDetail, errors: Sequence[ElementError] = (), retry_after_s: float = 0
    ) -> None:
        super().__init__(detail["message"])
        self.status = status
        self.code = detail["code"]
        self.message = detail["message"]
        self.fields: Mapping[str, str] = detail.get("fields") or {}
        self.errors = tuple(errors)
        self.retry_after_s = retry_after_s


class Refused(ErrorAnswer):
    """The request is invalid or not allowed."""


class NotSignedIn(Refused):
    """The key is missing or not valid: unknown, revoked or expired, or its user is suspended."""


class Forbidden(Refused):
    """The key is valid, but does not have the right to do this."""


class NotFound(Refused):
    """The object does not exist, or the caller may not see it."""


class Conflict(Refused):
    """The current state of the object does not allow this."""


class RateLimited(Refused):
    """The key or its user made too many requests in this minute. The request had no effect."""


class Unavailable(ErrorAnswer):
    """The service is unavailable, or has failed internally."""


_KINDS: Final[Mapping[int, type[Refused]]] = MappingProxyType({
    HTTPStatus.UNAUTHORIZED: NotSignedIn,
    HTTPStatus.FORBIDDEN: Forbidden,
    HTTPStatus.NOT_FOUND: NotFound,
    HTTPStatus.CONFLICT: Conflict,
})  # fmt: skip


RATE_LIMITED: Final = "rate_limited"
"""The error code of the rate limits per minute. Other limits have the same status."""


def kind_of(status: int, code: str = "") -> type[ErrorAnswer]:
    """The exception for a status and an error code."""
    if code == RATE_LIMITED:
        return RateLimited
    return Unavailable if status >= HTTPStatus.INTERNAL_SERVER_ERROR else _KINDS.get(status, Refused)
