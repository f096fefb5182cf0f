"""Makes API Gateway deploy an API again when a parameter changes its answers.

A change of gateway responses, methods or a resource policy is served from the next deployment on ("Redeploy a REST API in
API Gateway", docs.aws.amazon.com/apigateway/latest/developerguide/updating-api), and SAM makes a new one when the text of
`DefinitionBody` changes. Parameters do not change that text, so a digest of their values goes into it.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_API: Final = "AWS::Serverless::Api"
_DIGITS: Final = 16

Template = dict[str, Any]


def mark(template: Template, values: Mapping[str, str]) -> None:
    """Write a digest of its parameters into each API's description."""
    for resource in template["Resources"].values():
        if resource["Type"] == _API:
            given = {name: values[name] for name in sorted(parameters_of(resource, template))}
            digest = hashlib.sha256(json.dumps(given).encode()).hexdigest()[:_DIGITS]
            resource["Properties"]["DefinitionBody"].setdefault("info", {})["description"] = f"Parameters: {digest}"


def parameters_of(resource: Any, template: Template) -> set[str]:  # noqa: ANN401 - any JSON value
    """The parameters that a resource uses, also through conditions."""
    conditions = template.get("Conditions", {})
    found, waiting = set[str](), set(_named(resource))
    while waiting:
        name = waiting.pop()
        if name in conditions:
            waiting |= set(_named(conditions[name])) - found
        found.add(name)
    return found & set(template["Parameters"])


def _named(value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON value
    """All names in a value that may be parameters or conditions."""
    match value:
        case {"Ref": str(name)} | {"Fn::If": [str(name), *_]} | {"Condition": str(name)} if len(value) == 1:
            yield name
            yield from _named(list(value.values()))
        case {"Fn::Sub": [str(text), dict(given)]}:
            yield from (*_in_text(text), *_named(given))
        case {"Fn::Sub": str(text)}:
            yield from _in_text(text)
        case dict():
            yield from (name for each in value.values() for name in _named(each))
        case list():
            yield from (name for each in value for name in _named(each))


def _in_text(text: str) -> Iterator[str]:
    yield from (each.partition("}")[0] for each in text.split("${")[1:])
