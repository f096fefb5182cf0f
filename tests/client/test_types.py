"""The client's types say what the service's OpenAPI document says, neither more nor less."""

from __future__ import annotations

from typing import Any, Final, Literal, TypedDict, get_args, get_origin, is_typeddict

import pytest

from posthorn.client import given, shown
from tests.client.document import SCHEMAS, differences

TYPES: Final = {
    name: kind
    for module in (shown, given)
    for name, kind in vars(module).items()
    if (is_typeddict(kind) or get_origin(kind) is Literal) and name in SCHEMAS
}
_BODIES_IN_ARGUMENTS: Final = {
    "WebhooksInput",
    "PreviewInput",
    "RotationInput",
    "TestInput",
    "RecoveryInput",
    "NotificationBatch",
}
"""The client's methods take these apart, and `test_operations` sees that they are sent."""
_ERRORS: Final = {"ErrorResponse", "NoNotificationsTaken", "NoWebhooksCreated"}
"""The client raises these."""
_FREE: Final = {"Notification", "AuthenticationType"}
"""Any object; and a choice that stands in `AuthenticationInput` itself."""


@pytest.mark.parametrize("name", sorted(TYPES))
def test_a_type_says_what_its_schema_says(name: str) -> None:
    assert differences(TYPES[name], SCHEMAS[name], name) == []


def test_every_schema_has_its_type() -> None:
    assert SCHEMAS.keys() - TYPES.keys() == _BODIES_IN_ARGUMENTS | _ERRORS | _FREE


def test_no_type_is_without_its_schema() -> None:
    own = {name for module in (shown, given) for name, kind in vars(module).items() if is_typeddict(kind)}
    assert {name for name in own if not name.startswith("_")} - SCHEMAS.keys() - {"TypedDict"} == set()


class _Wrong(TypedDict):
    name: int
    extra: str


def test_a_difference_is_noticed() -> None:
    schema: dict[str, Any] = {"properties": {"name": {"type": "string"}}, "required": []}
    assert len(differences(_Wrong, schema, "it")) == 4


def test_a_choice_that_lacks_one_is_noticed() -> None:
    assert get_args(shown.Outcome) == ("succeeded", "failed")
    assert differences(Literal["succeeded"], SCHEMAS["Outcome"], "it") != []
