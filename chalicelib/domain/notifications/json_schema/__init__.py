"""JSON Schemas (Draft 2020-12) that the notifications of an admin's type must match.

A schema can only refer to itself, so a check never fetches anything. The work for a schema and for a document is limited,
even if they are hostile: see `docs/adr/0020-schemas-with-a-bound.md`. The validator is imported when the first schema is
used, so that workers start without it.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from chalicelib.domain.errors import InvalidInput, SchemaViolation
from chalicelib.domain.payloads import raw_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.domain.notifications.json_schema.compiler import Compiled
    from chalicelib.domain.notifications.json_schema.model import Place

VIOLATIONS_MAX: Final = 20
"""Violations that are reported. A notification can have more."""
_FAILURES: Final = (ValueError, ArithmeticError, RecursionError, LookupError)
"""What Python raises for some documents: numbers with thousands of digits, very deep nesting."""


def checked(text: str) -> str:
    """The JSON text of a valid schema, without white space; raise `InvalidInput` with the path of what is not valid.

    It is also raised for a schema that needs too much work.
    """
    from chalicelib.domain.notifications.json_schema.compiler import InvalidSchema, compiled  # noqa: PLC0415 - see the module's docstring

    try:
        compiled(json.loads(text))
        return raw_json.compact(text)
    except InvalidSchema as invalid:
        raise _invalid(invalid.path, invalid.problem) from invalid
    except _FAILURES as error:
        raise _invalid((), f"it cannot be used ({type(error).__name__})") from error


def check(schema: str, text: str, notification_type: str) -> None:
    """Raise `SchemaViolation` with the paths at which a notification does not match the schema of its type."""
    fields = _violations(schema, text, notification_type)
    if fields:
        where, problem = next(iter(fields.items()))
        message = f"The notification does not match the schema of {notification_type}: {where}: {problem}."
        raise SchemaViolation(message, fields)


def _violations(schema: str, text: str, notification_type: str) -> dict[str, str]:
    from chalicelib.domain.notifications.json_schema.compiler import InvalidSchema  # noqa: PLC0415 - see the module's docstring
    from chalicelib.domain.notifications.json_schema.work import TooMuchWork  # noqa: PLC0415

    try:
        return violations(_ready(schema), text)
    except InvalidSchema as invalid:
        message = (
            f"The notification cannot be checked: the schema of {notification_type} is no longer valid: "
            f"{_path(('schema', *invalid.path))}: {invalid.problem}. Ask an admin to change the schema "
            f"(PUT /webhooks/actions/{notification_type}) and send the notification again."
        )
        raise SchemaViolation(message) from invalid
    except TooMuchWork as error:
        message = (
            f"The notification cannot be checked: the schema of {notification_type} needs more work than is allowed "
            f"for {len(text)} characters. Send less in one notification, or ask an admin to simplify the schema "
            f"(PUT /webhooks/actions/{notification_type})."
        )
        raise SchemaViolation(message) from error
    except _FAILURES as error:
        message = f"The notification cannot be checked against the schema of {notification_type}: {type(error).__name__}."
        raise SchemaViolation(message) from error


def violations(ready: Compiled, text: str) -> dict[str, str]:
    """The problems of a document, by path; raise `TooMuchWork` if it needs more units than its length allows."""
    from chalicelib.domain.notifications.json_schema.equality import Values  # noqa: PLC0415 - see the module's docstring
    from chalicelib.domain.notifications.json_schema.model import Run  # noqa: PLC0415
    from chalicelib.domain.notifications.json_schema.work import allowance  # noqa: PLC0415

    found: list[tuple[Place, str]] = []
    ready.root.holds(Run(allowance(text), Values(ready.known)), json.loads(text), None, found, None)
    fields: dict[str, str] = {}
    for place, problem in found[:VIOLATIONS_MAX]:
        fields.setdefault(_path(_steps(place)) or "(the whole)", problem)
    return fields


@lru_cache(maxsize=64)
def _ready(schema: str) -> Compiled:
    from chalicelib.domain.notifications.json_schema.compiler import compiled  # noqa: PLC0415 - see the module's docstring

    return compiled(json.loads(schema))


def _steps(place: Place) -> list[str | int]:
    steps: list[str | int] = []
    while place is not None:
        place, step = place
        steps.append(step)
    return steps[::-1]


def _path(path: Iterable[str | int]) -> str:
    return ".".join(map(str, path))


def _invalid(path: Iterable[str | int], problem: str) -> InvalidInput:
    where = _path(("schema", *path))
    return InvalidInput(f"{where}: {problem}.", {where: problem})
