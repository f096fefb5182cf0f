"""The service's OpenAPI document, and a comparison of its schemas with Python types."""

from __future__ import annotations

import json
import types
from pathlib import Path
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

ROOT: Final = Path(__file__).parents[2]
DOCUMENT: Final[dict[str, Any]] = json.loads((ROOT / "chalicelib" / "web" / "openapi.json").read_text("utf-8"))
SCHEMAS: Final[dict[str, dict[str, Any]]] = DOCUMENT["components"]["schemas"]
_KINDS: Final = {"string": str, "integer": int, "number": float, "boolean": bool, "null": types.NoneType}


def operations() -> dict[str, dict[str, Any]]:
    """The operations of the document, by method and path."""
    return {
        f"{method.upper()} {path}": operation
        for path, item in DOCUMENT["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    }


def differences(kind: object, schema: dict[str, Any], where: str) -> list[str]:
    """The differences between a type and a schema."""
    schema = _resolved(schema)
    if kind is Any:
        return []
    if is_typeddict(kind):
        return _members(kind, schema, where)
    of_type, of_schema = _alternatives(kind), _schema_alternatives(schema)
    return [] if of_type == of_schema else [f"{where}: {of_type} in the type, {of_schema} in the document"]


def _members(kind: Any, schema: dict[str, Any], where: str) -> list[str]:  # noqa: ANN401 - a TypedDict
    hints, properties = get_type_hints(kind), schema.get("properties", {})
    problems = [f"{where}.{name} is in only one of the two" for name in hints.keys() ^ properties.keys()]
    unequal = kind.__required_keys__ ^ set(schema.get("required", ()))
    problems += [f"{where}.{name} is required by only one of the two" for name in unequal]
    for name in hints.keys() & properties.keys():
        problems += differences(hints[name], properties[name], f"{where}.{name}")
    return problems


def _alternatives(kind: object) -> set[object]:
    """The alternatives that a type allows."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in {Union, types.UnionType}:
        return {each for argument in arguments for each in _alternatives(argument)}
    if origin is Literal:
        return set(arguments)
    if origin is list:
        return {("array", frozenset(_alternatives(arguments[0])))}
    if origin is dict:
        return {("object", frozenset(_alternatives(arguments[1])))}
    if is_typeddict(kind):
        return {("schema", getattr(kind, "__name__", ""))}
    return {kind}


def _schema_alternatives(schema: dict[str, Any]) -> set[object]:
    """The alternatives that a schema allows, in the same terms."""
    if "$ref" in schema and "properties" in (named := _resolved(schema)) and named.get("additionalProperties") is not True:
        return {("schema", schema["$ref"].rpartition("/")[2])}
    schema = _resolved(schema)
    if "anyOf" in schema:
        return {each for one in schema["anyOf"] for each in _schema_alternatives(one)}
    if "const" in schema or "enum" in schema:
        return set(schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return {("array", frozenset(_schema_alternatives(schema["items"])))}
    if schema.get("type") == "object":
        values = schema.get("additionalProperties")
        return {("object", frozenset(_schema_alternatives(values) if isinstance(values, dict) and values else {Any}))}
    return {_KINDS[schema["type"]] if "type" in schema else Any}


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    return SCHEMAS[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
