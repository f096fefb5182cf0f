"""Converts plain values to DynamoDB's typed values, and back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Item = dict[str, Any]
"""An item or a key in DynamoDB's protocol: attribute → type → value."""

Value = str | int | bytes | datetime | list[Any] | tuple[Any, ...] | dict[str, Any]
"""The values that an attribute can have. Times are stored as texts."""


def item(values: Mapping[str, Value | None]) -> Item:
    """Plain values as an item; ``None`` is left out."""
    return {key: typed(value) for key, value in values.items() if value is not None}


def typed(value: Value) -> dict[str, Any]:  # noqa: PLR0911 - a return for each kind
    """A value with its DynamoDB type."""
    match value:
        case str():
            return {"S": value}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case bytes():
            return {"B": value}
        case datetime():
            return {"S": moment(value)}
        case dict():
            return {"M": item(value)}
        case _:
            return {"L": [typed(each) for each in value]}


def moment(at: datetime) -> str:
    """A time in ISO 8601, in UTC, with microseconds, so that texts sort in the order of their times."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def plain(given: Item) -> dict[str, Any]:
    """The reverse of `item`, except that times stay texts."""
    return {key: _untyped(value) for key, value in given.items()}


def _untyped(value: dict[str, Any]) -> Any:  # noqa: ANN401 - any `Value`
    ((kind, content),) = value.items()
    match kind:
        case "N":
            return int(content)
        case "L":
            return [_untyped(each) for each in content]
        case "M":
            return plain(content)
        case _:
            return content


def size_bytes(given: Item) -> int:
    """The size of an item by the published rules. It decides the price of a write: a unit per 1,024 bytes.

    Names and texts count their UTF-8 bytes, numbers one byte per two digits and one more, lists and maps 3 bytes and 1 per
    element (docs.aws.amazon.com, "DynamoDB item sizes and formats").
    """
    return sum(len(key.encode()) + _value_bytes(value) for key, value in given.items())


def _value_bytes(value: dict[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return int((len(content.lstrip("-")) + 1) // 2 + 1 + content.startswith("-"))
        case "B":
            return len(content)
        case "L":
            return 3 + sum(1 + _value_bytes(each) for each in content)
        case "M":
            return 3 + sum(1 + len(key.encode()) + _value_bytes(each) for key, each in content.items())
        case _:
            return 1
