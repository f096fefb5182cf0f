"""Operations, one for each method of each path, from the contracts of their views."""

from __future__ import annotations

import inspect
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from chalicelib.api import contracts
from chalicelib.api.contracts import JSON, Answer, Header, Route, Who
from openapi import examples, prose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chalice.app import Chalice

    from openapi.refusals import Refusals
    from openapi.schemas import Json, Schemas


class Operation(NamedTuple):
    """A method of a path, with its view and the view's contract."""

    path: str
    method: str
    view: Callable[..., Any]
    route: Route

    @property
    def is_open(self) -> bool:
        """Whether it needs no API key."""
        return self.route.contract.who is Who.ANYBODY

    @property
    def own_path(self) -> list[str]:
        """The parts of the path that are not parameters."""
        return [part for part in self.path.strip("/").split("/") if not part.startswith("{")]


def operations_of(app: Chalice) -> list[Operation]:
    """All operations of an application; raise `KeyError` for a route without a contract."""
    found = [
        Operation(path, method, entry.view_function, contracts.of(entry.view_function))
        for path, methods in app.routes.items()
        for method, entry in methods.items()
        if method != "HEAD"  # the response of GET without its body (RFC 9110, 9.3.2)
    ]
    return sorted(found, key=lambda each: (prose.place_of(each.path), each.path, prose.METHODS.index(each.method)))


def names_of(operations: list[Operation]) -> dict[tuple[str, str], str]:
    """The id of each operation: its view's name. If a view has several paths, the shorter ones get a suffix."""
    longest: dict[str, str] = {}
    for each in operations:
        longest[each.view.__name__] = max(longest.get(each.view.__name__, ""), each.path, key=len)
    return {
        (each.path, each.method): each.view.__name__
        if longest[each.view.__name__] == each.path
        else f"{each.view.__name__}_at_{each.own_path[0]}"
        for each in operations
    }


def described(operation: Operation, name: str, schemas: Schemas, refusals: Refusals) -> Json:
    """The Operation Object of an operation."""
    contract = operation.route.contract
    summary = (inspect.getdoc(operation.view) or "").splitlines()[0]
    text: Json = {
        "operationId": name,
        "tags": [prose.tag_of(operation.path)],
        "summary": summary.replace("``", "`"),
        "description": f"For {contract.who.value}.",
    }
    if operation.is_open:
        text["security"] = []
    if parameters := [*_parameters(operation, schemas)]:
        text["parameters"] = parameters
    if contract.body is not None:
        content = {"schema": schemas.of(contract.body, "validation"), "examples": examples.body_of(name)}
        text["requestBody"] = {"required": not contract.is_body_optional, "content": {JSON: content}}
    rate = {} if operation.is_open else prose.RATE_LIMIT
    successes = {int(each.status): _response(each, name, schemas, rate) for each in contract.answers}
    responses = successes | refusals.of(operation.route)
    text["responses"] = {str(status): responses[status] for status in sorted(responses)}
    return text


def path_parameters(path: str) -> list[Json]:
    """The parameters of a path, in order. A notification type and a file are both called `name` in paths."""
    if path == "/console/{name}":
        return [{"$ref": "#/components/parameters/file"}]
    names = [part[1:-1] for part in path.strip("/").split("/") if part.startswith("{")]
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def _parameters(operation: Operation, schemas: Schemas) -> Iterator[Json]:
    query = schemas.of(operation.route.query, "validation")
    for name, schema in schemas.resolved(query).get("properties", {}).items():
        yield _query_parameter(name, schema)
    for header in operation.route.contract.headers:
        yield {"$ref": f"#/components/parameters/{header}"}


def _query_parameter(name: str, schema: Json) -> Json:
    """A query parameter. In the model it is null if it is absent, but a query cannot contain null."""
    kinds = [each for each in schema.get("anyOf", []) if each != {"type": "null"}]
    rest = {key: value for key, value in schema.items() if key not in {"anyOf", "description"}}
    return {"name": name, "in": "query", "description": schema["description"], "schema": rest | (kinds[0] if kinds else {})}


def _response(answer: Answer, name: str, schemas: Schemas, rate: Json) -> Json:
    response: Json = {"description": prose.RESPONSES.get((name, int(answer.status)), HTTPStatus(answer.status).phrase + ".")}
    if headers := {header: _header(header) for header in answer.headers} | rate:
        response["headers"] = headers
    if answer.shape is not None:
        schema = schemas.of(answer.shape, "serialization")
        own = examples.response_of(name, int(answer.status))
        response["content"] = {kind: {"schema": schema, **own} for kind in answer.media_types}
    return response


def _header(header: Header) -> Json:
    return {"$ref": f"#/components/headers/{header}"}
