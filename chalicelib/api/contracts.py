"""What a route accepts, returns and refuses, declared next to its view. `openapi` generates the API's description from it.

A contract has only classes and constants. `openapi` is not deployed, so the functions do no work for the description.
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
"""The `cost` of a request that looks up host names, evaluates expressions, waits, or has something sent."""


class Who(Enum):
    """Who may call a route."""

    ANYBODY = "everybody, without a key"
    ANY_KEY = "every key, with any rights"
    CALLER = "every user"
    OWNER = "the owner, and admins"
    PRODUCER = "admins, and keys with the right `send`"
    ADMIN = "admins"


class Header(StrEnum):
    """A header that the description documents."""

    IF_MATCH = "If-Match"
    IF_NONE_MATCH = "If-None-Match"
    ETAG = "ETag"
    LOCATION = "Location"
    LINK = "Link"
    DEPTH = "Posthorn-Depth"


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful response of a route.

    Args:
        status: the HTTP status.
        shape: the type of its body: a model, an array of one, or one of several; ``None`` if it has no body.
        headers: those that the description documents.
        media_types: of its body. If it is not JSON, `shape` is ``str``.

    """

    status: HTTPStatus
    shape: Any = None
    headers: tuple[Header, ...] = ()
    media_types: tuple[str, ...] = (JSON,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """What a route accepts, returns and refuses.

    Args:
        who: who may call it.
        body: the type of the request's body, ``None`` if it has none.
        is_body_optional: whether the body may be left out.
        headers: the request headers that it reads.
        answers: its successful responses.
        errors: the errors that it may return, besides those that follow from the other members.
        refused: the type of an error's body, if it has more members than the error.
        cost: how many requests it counts as for the rate limits.

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
        """All errors that the route may return, including those that follow from `who`, the query and the body."""
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
    """Register a view's contract; return the view."""
    _ROUTES[view] = Route(contract, query)
    return view


def promised(contract: Contract) -> Callable[[View], View]:
    """Register the contract of a view that has no `views.view`, since it needs no key."""
    return lambda view: record(view, contract)


def of(view: Callable[..., Any]) -> Route:
    """The route of a view; raise `KeyError` if it has no contract."""
    return _ROUTES[view]


def ok(shape: Any, *headers: Header) -> Answer:  # noqa: ANN401 - a type, of whatever kind
    """200 with a body."""
    return Answer(HTTPStatus.OK, shape, headers)


NOTHING: Final = Answer(HTTPStatus.NO_CONTENT)
"""204: done, without a body."""
