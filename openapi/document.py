"""Assembles the OpenAPI document."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from chalicelib.api import reference
from chalicelib.api.wire.errors import ErrorOut
from openapi import members, operations, prose, refusals
from openapi.schemas import Schemas
from posthorn import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from chalice.app import Chalice

    from openapi.operations import Operation
    from openapi.schemas import Direction, Json

_LINE_LENGTH: Final = 120
_QUERY: Final = "Query"
"""The suffix of models whose members become parameters."""
_PROJECT: Final = Path(__file__).parent.parent / "pyproject.toml"


def document_of(app: Chalice) -> Json:
    """The OpenAPI Object of an application (spec.openapis.org/oas/v3.1.1)."""
    found = operations.operations_of(app)
    schemas = Schemas(_shapes(found))
    refused = refusals.Refusals(schemas)
    paths = _paths(found, schemas, refused)
    return {
        "openapi": "3.1.1",
        "info": _info(),
        "servers": [{"url": reference.SERVER, "description": "The service that serves this document."}],
        "security": [{name: []} for name in prose.SECURITY],
        "tags": [{"name": name, "description": text} for name, text in prose.TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": {
                name: members.explained(name, schema)
                for name, schema in schemas.components.items()
                if not name.endswith(_QUERY)
            },
            "responses": dict(sorted(refused.responses.items())),
            "parameters": {name: _parameter(name, text) for name, text in prose.PARAMETERS.items()},
            "examples": refusals.examples(),
            "headers": prose.HEADERS,
            "securitySchemes": prose.SECURITY,
        },
    }


def written(document: Json) -> str:
    """The document as text: readable, and the same each time."""
    return _broken(document, 0) + "\n"


def _broken(value: object, depth: int) -> str:
    """JSON, with a value broken into several lines if it does not fit on the current one."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(flat) + 2 * depth <= _LINE_LENGTH or not isinstance(value, dict | list):
        return flat
    is_object = isinstance(value, dict)
    parts = [
        f"{json.dumps(key)}: {_broken(value[key], depth + 1)}" if is_object else _broken(key, depth + 1) for key in value
    ]
    space = "\n" + "  " * depth
    opened, closed = "{}" if is_object else "[]"
    return f"{opened}{space}  {f',{space}  '.join(parts)}{space}{closed}"


def _shapes(found: list[Operation]) -> Iterator[tuple[Any, Direction]]:
    yield ErrorOut, "serialization"
    for each in found:
        contract = each.route.contract
        yield each.route.query, "validation"
        if contract.body is not None:
            yield contract.body, "validation"
        if contract.refused is not None:
            yield contract.refused | ErrorOut, "serialization"
        yield from ((answer.shape, "serialization") for answer in contract.answers if answer.shape is not None)


def _paths(found: list[Operation], schemas: Schemas, refused: refusals.Refusals) -> Json:
    names = operations.names_of(found)
    paths: Json = {}
    for each in found:
        parameters = operations.path_parameters(each.path)
        path = paths.setdefault(each.path, {"parameters": parameters} if parameters else {})
        path[each.method.lower()] = operations.described(each, names[each.path, each.method], schemas, refused)
    return paths


def _parameter(name: str, text: Json) -> Json:
    place: Json = {"in": "header"} if name[0].isupper() else {"in": "path", "required": True}
    return {"name": name} | place | text


def _info() -> Json:
    project = tomllib.loads(_PROJECT.read_text("utf-8"))["project"]
    return {
        "title": "Posthorn",
        "version": __version__,
        "summary": project["description"],
        "description": prose.INFO,
        "contact": {"name": "The operators of this service"},
        "license": {"name": "Apache License 2.0", "identifier": project["license"]},
    }
