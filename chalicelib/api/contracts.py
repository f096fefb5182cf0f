"""What a route promises, in a few words beside it; the document of the API is made of it (`openapi`, which does not ship).

A contract holds classes and constants. Nothing is computed of them here: a function of Lambda pays for no description.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar

from chalicelib.api.errors import UnsupportedMediaType
from chalicelib.api.wire.model import NoQuery
from chalicelib.domain.errors import (
    Forbidden,
    InvalidCursor,
    InvalidInput,
    NotAuthenticated,
    RateLimited,
    TooLarge,
    Unavailable,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel

    from chalicelib.domain.errors import PosthornError

JSON: Final = "application/json"
HTML: Final = "text/html"


EXPENSIVE: Final = 10
"""The `cost` of a request that looks names up, evaluates expressions, waits, or has something sent."""


class Who(Enum):
    """Whom a route is for."""

    ANYBODY = "anybody, without a key"
    ANY_KEY = "everybody with a key, whatever its rights"
    CALLER = "everybody with a key"
    OWNER = "the owner, or an admin"
    PRODUCER = "an admin, or a key with the right `send`"
    ADMIN = "admins"


class Header(StrEnum):
    """A header that means something, of a request or of an answer."""

    IF_MATCH = "If-Match"
    IF_NONE_MATCH = "If-None-Match"
    ETAG = "ETag"
    LOCATION = "Location"
    LINK = "Link"
    DEPTH = "Posthorn-Depth"


@dataclass(frozen=True, slots=True)
class Answer:
    """One way in which a route answers, where all went well.

    Args:
        status: its status.
        shape: the type of its body: a model, an array of one, or one of several; ``None`` where it has no body.
        headers: those of its headers that mean something.
        media_types: of its body; where it is not JSON, `shape` is ``str``.

    """

    status: HTTPStatus
    shape: Any = None
    headers: tuple[Header, ...] = ()
    media_types: tuple[str, ...] = (JSON,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What a route takes, what it gives, and why it may refuse.

    Args:
        who: whom it is for; what everybody else gets follows.
        body: the type of the request's body, ``None`` where none is read.
        is_body_optional: whether the body may be left out.
        headers: those of the request's headers that it looks at.
        answers: what it gives.
        errors: why it may refuse, beyond what follows from the rest.
        refused: the type of an error's body, where that may hold more than the error.
        cost: how many requests it counts as, against the limits of a minute.

    """

    who: Who = Who.CALLER
    body: Any = None
    is_body_optional: bool = False
    headers: tuple[Header, ...] = ()
    answers: tuple[Answer, ...]
    errors: tuple[type[PosthornError], ...] = ()
    refused: type[BaseModel] | None = None
    cost: int = 1

    def errors_with(self, query: type[BaseModel]) -> tuple[type[PosthornError], ...]:
        """All errors that it may give, with those that follow from whom it is for, from its query and from its body."""
        if self.who is Who.ANYBODY:
            return self.errors
        found: list[type[PosthornError]] = [InvalidInput, NotAuthenticated, RateLimited, Unavailable]
        if self.who is not Who.ANY_KEY:
            found.append(Forbidden)
        if "cursor" in query.model_fields:
            found.append(InvalidCursor)
        if self.body is not None:
            found += [TooLarge, UnsupportedMediaType]
        return (*dict.fromkeys([*found, *self.errors]),)


@dataclass(frozen=True, slots=True)
class Route:
    """A view's contract, and the model of its query."""

    contract: Contract
    query: type[BaseModel]


View = TypeVar("View", bound="Callable[..., Any]")

_ROUTES: Final[dict[Callable[..., Any], Route]] = {}


def record(view: View, contract: Contract, query: type[BaseModel] = NoQuery) -> View:
    """Note a view's contract; give the view back."""
    _ROUTES[view] = Route(contract, query)
    return view


def promised(contract: Contract) -> Callable[[View], View]:
    """Note the contract of a view that `views.view` does not stand around: one that asks for no key."""
    return lambda view: record(view, contract)


def of(view: Callable[..., Any]) -> Route:
    """What a view promises; raise `KeyError` where nobody has said."""
    return _ROUTES[view]


def ok(shape: Any, *headers: Header) -> Answer:  # noqa: ANN401 - a type, of whatever kind
    """200 with a body."""
    return Answer(HTTPStatus.OK, shape, headers)


NOTHING: Final = Answer(HTTPStatus.NO_CONTENT)
"""Done, and no more to say."""
