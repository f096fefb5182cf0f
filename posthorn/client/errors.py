"""The exceptions of the client.

::

    PosthornError
    ├── ApiConnectionError            no response: no connection, or it broke, or a timeout
    ├── UnexpectedResponseError       a response that does not come from a Posthorn service
    ├── WaitTimeoutError              a record did not appear while `client.history.wait_for` waited
    └── ApiError                      an error response of the service: status, code, message, fields
        ├── ClientError               4xx
        │   ├── AuthenticationError   401
        │   ├── PermissionDeniedError 403
        │   ├── NotFoundError         404
        │   ├── ConflictError         409
        │   └── RateLimitError        429, too many requests in this minute
        └── ServerError               5xx
"""

from __future__ import annotations

from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from posthorn.schemas import ElementError, ErrorDetail


class PosthornError(Exception):
    """The base class. The message is a sentence for people."""


class ApiConnectionError(PosthornError):
    """There was no response: no connection, or it broke, or a timeout."""


class UnexpectedResponseError(PosthornError):
    """The response does not come from a Posthorn service."""


class WaitTimeoutError(PosthornError):
    """A record did not appear while `client.history.wait_for` waited. It may still appear."""


class ApiError(PosthornError):
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


class ClientError(ApiError):
    """The request is invalid or not allowed."""


class AuthenticationError(ClientError):
    """The key is missing or not valid: unknown, revoked or expired, or its user is suspended."""


class PermissionDeniedError(ClientError):
    """The key is valid, but does not have the right to do this."""


class NotFoundError(ClientError):
    """The object does not exist, or the caller may not see it."""


class ConflictError(ClientError):
    """The current state of the object does not allow this."""


class RateLimitError(ClientError):
    """The key or its user made too many requests in this minute. The request had no effect."""


class ServerError(ApiError):
    """The service is unavailable, or has failed internally."""


_KINDS: Final[Mapping[int, type[ClientError]]] = MappingProxyType({
    HTTPStatus.UNAUTHORIZED: AuthenticationError,
    HTTPStatus.FORBIDDEN: PermissionDeniedError,
    HTTPStatus.NOT_FOUND: NotFoundError,
    HTTPStatus.CONFLICT: ConflictError,
})  # fmt: skip


RATE_LIMITED: Final = "rate_limited"
"""The error code of the rate limits per minute. Other limits have the same status."""


def error_class(status: int, code: str = "") -> type[ApiError]:
    """The exception for a status and an error code."""
    if code == RATE_LIMITED:
        return RateLimitError
    return ServerError if status >= HTTPStatus.INTERNAL_SERVER_ERROR else _KINDS.get(status, ClientError)
