"""DynamoDB's attribute values: what JSON has in their place differs in the bytes alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

SHAPE: Final = "AttributeValue"
"""What botocore's model of DynamoDB calls a value; SQS has no shape of that name."""


def converted(given: dict[str, Any], of_bytes: Callable[[Any], Any]) -> dict[str, Any]:
    """One value, with `of_bytes` applied to the bytes in it, however deep."""
    ((kind, content),) = given.items()
    match kind:
        case "B":
            return {"B": of_bytes(content)}
        case "BS":
            return {"BS": [of_bytes(each) for each in content]}
        case "M":
            return {"M": {key: converted(each, of_bytes) for key, each in content.items()}}
        case "L":
            return {"L": [converted(each, of_bytes) for each in content]}
        case _:
            return given
