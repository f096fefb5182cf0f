"""The border: authentication, rate limits, authorization, parsing and errors of every view.

Chalice turns an exception of a view into a 500 before any middleware sees it. So errors become responses here.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Concatenate, Generic, TypeVar
from urllib.parse import unquote

from pydantic import BaseModel

from chalicelib.api import contracts, errors, limits, requests
from chalicelib.api.auth import authenticate, require_allowed
from chalicelib.composition import api, process
from chalicelib.domain.errors import InvalidInput, PosthornError

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalice.app import Blueprint, Request, Response

    from chalicelib.api.contracts import Contract
    from chalicelib.composition.api import Services
    from chalicelib.domain.directory.rate_limit import Balance
    from chalicelib.domain.directory.users import Caller

Query = TypeVar("Query", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Call(Generic[Query]):
    """A request with a known caller and a parsed query."""

    request: Request
    services: Services
    caller: Caller
    query: Query

    def text(self) -> str:
        """The body. It is declared as JSON, and is not too long."""
        return requests.text_of(self.request, self.services.settings.request_body_bytes_max)

    def own_hosts(self) -> frozenset[str]:
        """The hosts of this service. No webhook may call them."""
        return requests.own_hosts(self.request, self.services.settings.own_hosts)


def view(
    blueprint: Blueprint, query: type[Query], contract: Contract
) -> Callable[[Callable[Concatenate[Call[Query], ...], Response]], Callable[..., Response]]:
    """Make a view of a function: authenticate, count, check the rights, parse the query, handle errors.

    Its contract is registered for `openapi`.
    """

    def decorate(function: Callable[Concatenate[Call[Query], ...], Response]) -> Callable[..., Response]:
        @functools.wraps(function)
        def wrapped(**path: str) -> Response:
            request = blueprint.current_request
            balance: Balance | None = None
            try:
                services = process.current().made(api.services)
                caller = authenticate(request, services.callers)
                balance = services.rate_limiter.spend(caller, contract.cost)
                limits.require(balance)
                require_allowed(caller, contract.who, request.method)
                decoded = {name: _decoded(value) for name, value in path.items()}
                response = function(Call(request, services, caller, requests.query_of(query, request)), **decoded)
            except PosthornError as error:
                response = errors.answer_to(error)
            except Exception as error:  # noqa: BLE001 - nothing passes this border; `answer_to_unexpected` logs the traceback
                response = errors.answer_to_unexpected(error, request)
            return limits.with_headers(response, balance)

        return contracts.record(wrapped, contract, query)

    return decorate


def _decoded(value: str) -> str:
    """A part of the path, decoded: API Gateway passes it percent-encoded."""
    try:
        return unquote(value, errors="strict")
    except UnicodeDecodeError as error:
        message = "The path is not percent-encoded UTF-8."
        raise InvalidInput(message) from error
