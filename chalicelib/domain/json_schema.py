"""JSON Schemas (Draft 2020-12) that notifications of an admin's type must meet.

The library is loaded where a schema is at hand, not before: workers start without it. A schema refers to nothing but itself,
so checking never reads from anywhere. Its regular expressions are Python's, which some texts keep busy for very long: who
writes a schema is trusted with that, and only admins do.
"""

from __future__ import annotations

import json
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from chalicelib.domain.errors import InvalidInput, SchemaViolation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
VIOLATIONS_MAX: Final = 20
"""Places that are told; a notification can be wrong in more."""
_PROBLEM_LENGTH_MAX: Final = 200
_REFERENCES: Final = frozenset({"$ref", "$dynamicRef"})
_TELLING: Final = frozenset({"required", "dependentRequired", "additionalProperties"})
"""Keywords whose violation is told in the library's words: those quote names. All others quote values, which are private."""


def checked(schema: Mapping[str, Any]) -> str:
    """A schema as its JSON text; raise `InvalidInput` with the place where it is none, or refers to anything but itself."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - see the module's docstring
    from jsonschema.exceptions import SchemaError  # noqa: PLC0415

    if schema.get("$schema", DIALECT) != DIALECT:
        raise _invalid(("$schema",), f"only {DIALECT} is known here")
    for path, reference in _references(schema):
        _check_reference(schema, path, reference)
    try:
        Draft202012Validator.check_schema(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    except SchemaError as error:
        raise _invalid(error.absolute_path, error.message[:_PROBLEM_LENGTH_MAX]) from error
    text = json.dumps(schema, separators=(",", ":"))
    _try_out(text)
    return text


def check(schema: str, text: str, notification_type: str) -> None:
    """Raise `SchemaViolation` with the paths where a notification, as it was sent, does not meet its type's schema."""
    try:
        found = list(islice(_validator(schema).iter_errors(json.loads(text)), VIOLATIONS_MAX))
    except (ValueError, ArithmeticError, RecursionError, LookupError) as error:
        message = f"The notification cannot be checked against the schema of {notification_type}: {type(error).__name__}."
        raise SchemaViolation(message) from error
    fields: dict[str, str] = {}
    for each in found:
        fields.setdefault(_place(each.absolute_path), _problem(each))
    if fields:
        where, problem = next(iter(fields.items()))
        message = f"The notification does not meet the schema of {notification_type}: {where}: {problem}."
        raise SchemaViolation(message, fields)


@lru_cache(maxsize=64)
def _validator(schema: str) -> Draft202012Validator:
    """A schema ready for use; its registry knows nothing and fetches nothing."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - see the module's docstring
    from referencing import Registry  # noqa: PLC0415

    return Draft202012Validator(json.loads(schema), registry=Registry())


def _references(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every reference in a schema, and the identifiers that would change what it is relative to."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, str) and (key in _REFERENCES or key == "$id"):
                yield (*path, key), inner
            yield from _references(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _references(inner, (*path, index))


def _check_reference(schema: Mapping[str, Any], path: tuple[str | int, ...], reference: str) -> None:
    from referencing import Registry  # noqa: PLC0415 - see the module's docstring
    from referencing.exceptions import Unresolvable  # noqa: PLC0415
    from referencing.jsonschema import DRAFT202012  # noqa: PLC0415

    if path[-1] == "$id":
        if path == ("$id",):
            return
        raise _invalid(path, "only the whole schema may have an identifier")
    if not reference.startswith("#"):
        raise _invalid(path, "a reference to a place in this schema ('#…') is expected; nothing is fetched")
    try:
        Registry().resolver_with_root(DRAFT202012.create_resource(schema)).lookup(reference)
    except (Unresolvable, ValueError, TypeError, LookupError) as error:
        raise _invalid(path, "there is no such place in this schema") from error


def _try_out(text: str) -> None:
    """Raise `InvalidInput` for a schema that refers to itself without end, which only use brings to light."""
    try:
        check(text, "{}", "this type")
    except SchemaViolation as violation:
        if isinstance(violation.__cause__, Exception):
            raise _invalid((), f"it cannot be used ({type(violation.__cause__).__name__})") from violation


def _place(path: Iterable[str | int]) -> str:
    return ".".join(map(str, path)) or "(the whole)"


def _problem(error: ValidationError) -> str:
    if error.validator in _TELLING:
        return str(error.message)[:_PROBLEM_LENGTH_MAX]
    return f"{error.validator} of the schema is {json.dumps(error.validator_value)}"[:_PROBLEM_LENGTH_MAX]


def _invalid(path: Iterable[str | int], problem: str) -> InvalidInput:
    where = ".".join(["schema", *map(str, path)])
    return InvalidInput(f"{where}: {problem}.", {where: problem})
