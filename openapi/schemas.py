"""The schemas of requests and responses: pydantic's, with public names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic_core import core_schema

Json = dict[str, Any]
Direction = Literal["validation", "serialization"]
"""Pydantic's modes: `validation` is for requests, `serialization` for responses."""

_REF: Final = "#/components/schemas/"
_NAMES: Final = {
    "AnsweredOut": "ReceivedResponse",
    "AuditOut": "AuditLine",
    "ErrorOut": "ErrorResponse",
    "HealthOut": "WebhookHealth",
    "HealthyOut": "Health",
    "HourOut": "HourTally",
    "KeyCreated": "KeyWithSecret",
    "KeyOut": "Key",
    "OwnKeyOut": "OwnKey",
    "NoneCreated": "NoWebhooksCreated",
    "NoneTakenOut": "NoNotificationsTaken",
    "NotificationIn": "Notification",
    "NotificationsIn": "NotificationBatch",
    "SentOut": "SentRequest",
    "TakenOut": "NotificationsTaken",
    "TestOut": "PendingTest",
    "TimesOut": "ResponseTimes",
    "Way": "AuthenticationType",
    "Wanted": "RecoveryWanted",
}
"""Exceptions from the rule that a response's model loses its ``Out`` and a request's ``In`` becomes ``Input``.

No schema has the name of one of its members: generated code would use the same variable for an ``Error`` and its ``error``.
"""


class _Schemas(GenerateJsonSchema):
    """Pydantic's schemas without titles. All members of a response are required, unless they are excluded on purpose."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002 - pydantic's signature
        return False

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,  # noqa: FBT001 - pydantic's signature
    ) -> bool:
        if self.mode == "serialization":
            return "serialization_exclude_if" not in field
        return super().field_is_required(field, total)


class Schemas:
    """The schemas of some types, each for one direction.

    Args:
        shapes: every type of a request or response body, with its direction.

    """

    def __init__(self, shapes: Iterable[tuple[Any, Direction]]) -> None:
        distinct = dict.fromkeys(shapes)
        by_shape, definitions = TypeAdapter.json_schemas(
            [((shape, direction), direction, TypeAdapter(shape)) for shape, direction in distinct],
            ref_template=_REF + "{model}",
            schema_generator=_Schemas,
        )
        found: Mapping[str, Json] = definitions.get("$defs", {})
        components = _named(found)
        self.components: Json = {name: _shared(components[name], components, name) for name in sorted(components)}
        self._shapes: dict[Any, Json] = {shape: _tidied(schema) for (shape, _), schema in by_shape.items()}

    def of(self, shape: Any, direction: Direction) -> Json:  # noqa: ANN401 - any type
        """The schema of a type, usually a reference to a component."""
        return self._shapes[shape, direction]

    def resolved(self, schema: Json) -> Json:
        """The component that a schema refers to, or the schema itself."""
        component: Json = self.components[schema["$ref"].removeprefix(_REF)] if "$ref" in schema else schema
        return component


def public_name(name: str) -> str:
    """The name of a model or an enumeration in the document."""
    if name in _NAMES:
        return _NAMES[name]
    return re.sub(r"In$", "Input", name.removesuffix("Out"))


def _named(definitions: Mapping[str, Json]) -> Json:
    named = {public_name(name): _tidied(schema) for name, schema in definitions.items()}
    if len(named) != len(definitions) or not all(name.isalnum() for name in named):
        message = f"two models share a name: {sorted(definitions)}"
        raise ValueError(message)
    return named


def _shared(value: Any, components: Json, own: str) -> Any:  # noqa: ANN401 - a part of a schema
    """A component's schema, in which parts that are equal to another component are replaced by references."""
    if isinstance(value, list):
        return [_shared(each, components, own) for each in value]
    if not isinstance(value, dict):
        return value
    for name, schema in components.items():
        if name != own and "properties" in schema and schema == value:
            return {"$ref": _REF + name}
    return {key: _shared(each, components, own) for key, each in value.items()}


def _tidied(value: Any) -> Any:  # noqa: ANN401 - a part of a schema
    """A schema with public names, and without titles and defaults of null."""
    if isinstance(value, list):
        return [_tidied(each) for each in value]
    if not isinstance(value, dict):
        return _plain(value) if isinstance(value, str) else value
    tidy = {key: _tidied(each) for key, each in value.items() if not _is_redundant(key, each)}
    if isinstance(tidy.get("$ref"), str):
        tidy["$ref"] = _REF + public_name(tidy["$ref"].removeprefix(_REF))
    return tidy


def _is_redundant(key: str, value: Any) -> bool:  # noqa: ANN401 - a part of a schema
    return (key == "title" and isinstance(value, str)) or (key == "default" and value is None)


def _plain(text: str) -> str:
    """Convert a docstring to Markdown."""
    return text.replace("``", "`")
