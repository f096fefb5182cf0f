"""The client's types say the same as the schemas of the service's OpenAPI document."""

from __future__ import annotations

from typing import Any, Final, Literal, TypedDict, get_args, get_origin, is_typeddict

import pytest

from openapi.client_types import source_of
from posthorn import schemas
from posthorn.client import RawJson
from posthorn.client.notifications import Notification
from tests.client.document import DOCUMENT, ROOT, SCHEMAS, differences

TYPES: Final = {
    name: kind
    for name, kind in vars(schemas).items()
    if (is_typeddict(kind) or get_origin(kind) is Literal) and name in SCHEMAS
}
_ANY_OBJECT: Final = {"Notification"}


def test_the_types_are_up_to_date() -> None:
    """`make openapi` writes them."""
    assert (ROOT / "posthorn" / "schemas.py").read_text("utf-8") == source_of(DOCUMENT)


@pytest.mark.parametrize("name", sorted(TYPES))
def test_a_type_says_the_same_as_its_schema(name: str) -> None:
    assert differences(TYPES[name], SCHEMAS[name], name) == []


def test_every_schema_has_its_type() -> None:
    assert SCHEMAS.keys() - TYPES.keys() == _ANY_OBJECT


def test_every_type_has_its_schema() -> None:
    own = {name for name, kind in vars(schemas).items() if is_typeddict(kind)}
    assert {name for name in own if not name.startswith("_")} - SCHEMAS.keys() - {"TypedDict"} == {"RecordFilters"}


def test_a_notification_is_any_object_or_raw_json() -> None:
    assert get_args(Notification) == (schemas.Notification, RawJson)


class _Wrong(TypedDict):
    name: int
    extra: str


def test_a_difference_is_noticed() -> None:
    schema: dict[str, Any] = {"properties": {"name": {"type": "string"}}, "required": []}
    assert len(differences(_Wrong, schema, "it")) == 4


def test_a_missing_choice_is_noticed() -> None:
    assert get_args(schemas.Outcome) == ("succeeded", "failed")
    assert differences(Literal["succeeded"], SCHEMAS["Outcome"], "it") != []
