"""What can go wrong between a program and the service.

::

    PosthornClientError
    ├── Unreachable        no answer came
    ├── UnexpectedAnswer   something answered, and it is not a Posthorn service
    ├── NotThereYet        a record did not appear in time
    └── ErrorAnswer        the service says what is wrong: status, code, message, fields
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

    from posthorn.client.shown import ElementError, ErrorDetail


class PosthornClientError(Exception):
    """The root; the message is a sentence for people."""


class Unreachable(PosthornClientError):
    """No answer came: no connection, or it broke, or the time was over."""


class UnexpectedAnswer(PosthornClientError):
    """What answered is not a Posthorn service, or stands behind something that is not."""


class NotThereYet(PosthornClientError):
    """A record that was promised did not appear in time; it may still come."""


class ErrorAnswer(PosthornClientError):
    """The service's own answer.

    Args:
        status: of HTTP.
        problem: `code` is for programs and stays, `message` is for people and may change, `fields` leads to the place.
        errors: one for each element that was refused, where several were sent.
        retry_after_s: seconds after which the service wants to be asked again; 0 if it does not say.

    """

    def __init__(
        self, status: int, problem: ErrorDetail, errors: Sequence[ElementError] = (), retry_after_s: float = 0
    ) -> None:
        super().__init__(problem["message"])
        self.status = status
        self.code = problem["code"]
        self.message = problem["message"]
        self.fields: Mapping[str, str] = problem.get("fields") or {}
        self.errors = tuple(errors)
        self.retry_after_s = retry_after_s


class Refused(ErrorAnswer):
    """The service will not do it as it was asked."""


class NotSignedIn(Refused):
    """The key is missing or not a live one."""


class Forbidden(Refused):
    """The key is live, and does not have the right."""


class NotFound(Refused):
    """It does not exist, or the caller may not see that it does."""


class Conflict(Refused):
    """The thing is not in a state that allows this."""


class RateLimited(Refused):
    """The key or its user has made too many requests in this minute; nothing was done."""


class Unavailable(ErrorAnswer):
    """The service cannot, for now or by a fault of its own."""


_KINDS: Final[Mapping[int, type[Refused]]] = MappingProxyType({
    HTTPStatus.UNAUTHORIZED: NotSignedIn,
    HTTPStatus.FORBIDDEN: Forbidden,
    HTTPStatus.NOT_FOUND: NotFound,
    HTTPStatus.CONFLICT: Conflict,
})  # fmt: skip


RATE_LIMITED: Final = "rate_limited"
"""The code of a refusal that only has to wait; other limits have the same status."""


def kind_of(status: int, code: str = "") -> type[ErrorAnswer]:
    """The class of the error that answers with a status, and a code, have."""
    if code == RATE_LIMITED:
        return RateLimited
    return Unavailable if status >= HTTPStatus.INTERNAL_SERVER_ERROR else _KINDS.get(status, Refused)
