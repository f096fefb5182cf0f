"""Joins the files in `infra/template`, one for each noun, into one template, which `chalice package` merges.

The files may use CloudFormation's `Fn::ForEach` and `Fn::ToJsonString`. They are worked out here: CloudFormation wants a
transform of its own for them (`AWS::LanguageExtensions`), and what packages and checks the template knows nothing of it.
"""

from __future__ import annotations

import json
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from infra import settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FRAGMENTS: Final = Path(__file__).parent / "template"
_FOR_EACH: Final = "Fn::ForEach::"
_TO_JSON: Final = "Fn::ToJsonString"

Template = dict[str, Any]


class DeclarationError(Exception):
    """Two files declare the same thing differently. The message has its path."""


def declaration() -> Template:
    """The whole declaration, with a parameter for each of the service's settings."""
    fragments = [worked_out(json.loads(path.read_text("utf-8"))) for path in sorted(FRAGMENTS.glob("*.json"))]
    return reduce(merged, fragments, settings.fragment())


def merged(one: Template, other: Template, at: str = "") -> Template:
    """Merge objects member by member, and concatenate lists. Raise `DeclarationError` for two different values."""
    found = dict(one)
    for key, value in other.items():
        found[key] = _joined(found[key], value, f"{at}/{key}") if key in found else value
    return found


def _joined(one: object, other: object, at: str) -> object:
    if isinstance(one, dict) and isinstance(other, dict):
        return merged(one, other, at)
    if isinstance(one, list) and isinstance(other, list):
        return [*one, *other]
    if one != other:
        message = f"{at} is both {one!r} and {other!r}."
        raise DeclarationError(message)
    return one


def worked_out(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The value with every `Fn::ForEach` and `Fn::ToJsonString` evaluated."""
    if isinstance(value, list):
        return [worked_out(each) for each in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {_TO_JSON}:
        return _json_text(value[_TO_JSON])
    nothing: Template = {}
    return reduce(merged, map(_members, value.items()), nothing)


def _members(member: tuple[str, Any]) -> Template:
    """One member of an object, or the members of its `Fn::ForEach`."""
    key, value = member
    if not key.startswith(_FOR_EACH):
        return {key: worked_out(value)}
    identifier, names, output = value
    nothing: Template = {}
    return reduce(merged, (worked_out(each) for each in _outputs(identifier, names, output)), nothing)


def _outputs(identifier: str, names: list[str], output: Mapping[str, Any]) -> Iterator[Template]:
    text = json.dumps(output)
    for name in names:
        yield json.loads(text.replace(f"${{{identifier}}}", name))


def _json_text(value: object) -> dict[str, str] | str:
    """An object as JSON text, in which CloudFormation substitutes the references."""
    text = json.dumps(_named(value))
    return {"Fn::Sub": text} if "${" in text else text


def _named(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The value with every reference in the syntax of `Fn::Sub`."""
    match value:
        case {"Ref": name}:
            return f"${{{name}}}"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::Sub": text}:
            return text
        case dict():
            return {key: _named(each) for key, each in value.items()}
        case list():
            return [_named(each) for each in value]
        case _:
            return value
