"""Plain values as DynamoDB's typed ones, and back."""

from __future__ import annotations

from typing import Any

Item = dict[str, Any]
"""An item, or a key, as DynamoDB's own protocol has it: attribute → type → value."""

Value = str | int | bytes | list[str]


def item(values: dict[str, Value | None]) -> Item:
    """Texts, whole numbers, bytes and lists of texts as an item; ``None`` is left out."""
    return {key: typed(value) for key, value in values.items() if value is not None}


def typed(value: Value) -> dict[str, Any]:
    """One value."""
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, bytes):
        return {"B": value}
    return {"L": [{"S": each} for each in value]}


def plain(given: Item) -> dict[str, Any]:
    """The reverse of `item`."""
    return {key: _untyped(value) for key, value in given.items()}


def _untyped(value: dict[str, Any]) -> Any:  # noqa: ANN401 - it is one of `Value`, or a map
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
    """The size of an item by the published rules, which decides what a write costs (a unit for each 1,024 bytes).

    Names and texts count their UTF-8 bytes, numbers a byte for two digits and one more, lists and maps 3 bytes and 1 for
    each element (docs.aws.amazon.com, "DynamoDB item sizes and formats").
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
