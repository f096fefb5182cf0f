"""What the value of each keyword must be, as the Draft 2020-12 metaschema says."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

TYPES: Final = ("array", "boolean", "integer", "null", "number", "object", "string")


def problem(keyword: str, value: object) -> tuple[tuple[str | int, ...], str] | None:
    """The path of what is wrong with a keyword's value, and a message; ``None`` if it is valid or the keyword unknown."""
    shape = _SHAPES.get(keyword)
    return None if shape is None else shape(value)


_Problem = tuple[tuple[str | int, ...], str] | None


def _is(kind: type, name: str) -> Callable[[Any], _Problem]:
    return lambda value: None if value.__class__ is kind else ((), f"{name} is expected")


def _number(value: Any) -> _Problem:
    if value.__class__ is int or (value.__class__ is float and isfinite(value)):
        return None
    return (), "a number is expected"


def _positive(value: Any) -> _Problem:
    return _number(value) or (None if value > 0 else ((), "a number above 0 is expected"))


def _count(value: Any) -> _Problem:
    is_whole = value.__class__ is int or (value.__class__ is float and value.is_integer())
    return None if is_whole and value >= 0 else ((), "a whole number, 0 or more, is expected")


def _names(value: Any) -> _Problem:
    if value.__class__ is not list:
        return (), "an array of names is expected"
    wrong = next((index for index, each in enumerate(value) if each.__class__ is not str), None)
    if wrong is not None:
        return (wrong,), "a string is expected"
    return None if len(set(value)) == len(value) else ((), "each name may appear only once")


def _named_names(value: Any) -> _Problem:
    if value.__class__ is not dict:
        return (), "an object is expected"
    for name, each in value.items():
        found = _names(each)
        if found is not None:
            return (name, *found[0]), found[1]
    return None


def _type(value: Any) -> _Problem:
    known = f"one of {', '.join(TYPES)} is expected"
    if value.__class__ is str:
        return None if value in TYPES else ((), known)
    found = _names(value)
    if found is not None:
        return found
    if not value:
        return (), "at least one type is expected"
    wrong = next((index for index, each in enumerate(value) if each not in TYPES), None)
    return None if wrong is None else ((wrong,), known)


def _schemas(value: Any) -> _Problem:
    return None if value.__class__ is list and value else ((), "an array of at least one schema is expected")


_TEXT: Final = _is(str, "a string")
_TRUTH: Final = _is(bool, "true or false")
_ARRAY: Final = _is(list, "an array")
_OBJECT: Final = _is(dict, "an object")
_SHAPES: Final[dict[str, Callable[[Any], _Problem]]] = {
    **dict.fromkeys(("$schema", "$id", "$ref", "$anchor", "$dynamicRef", "$dynamicAnchor", "$comment"), _TEXT),
    **dict.fromkeys(("title", "description", "format", "pattern", "contentEncoding", "contentMediaType"), _TEXT),
    **dict.fromkeys(("deprecated", "readOnly", "writeOnly", "uniqueItems"), _TRUTH),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _number),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), _count),
    **dict.fromkeys(("minContains", "maxContains"), _count),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), _schemas),
    **dict.fromkeys(("enum", "examples"), _ARRAY),
    **dict.fromkeys(("$defs", "definitions", "properties", "patternProperties", "dependentSchemas", "$vocabulary"), _OBJECT),
    "multipleOf": _positive,
    "required": _names,
    "dependentRequired": _named_names,
    "type": _type,
}
