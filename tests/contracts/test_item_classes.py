"""How DynamoDB writes an attribute is known to one module; all others have classes for what is in a table."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
MAY: Final = {"chalicelib/adapters/dynamodb/values.py"}
"""The modules that may name the types of DynamoDB's protocol ("AttributeValue" in the API reference of DynamoDB)."""
TYPES: Final = {"S", "N", "B", "BOOL", "L", "M", "NULL", "SS", "NS", "BS"}


def typed(source: str) -> list[int]:
    """The lines on which an attribute is read or written by its type: ``item["sk"]["S"]``, ``.get("S")``, ``{"S": …}``."""
    found: list[int] = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case (
                ast.Subscript(slice=ast.Constant(value=str(name)))
                | ast.Call(func=ast.Attribute(attr="get" | "pop"), args=[ast.Constant(value=str(name)), *_])
            ) if name in TYPES:
                found.append(node.lineno)
            case ast.Dict(keys=keys):
                found += [each.lineno for each in keys if isinstance(each, ast.Constant) and each.value in TYPES]
            case ast.MatchValue(value=ast.Constant(value=str(name))) if name in TYPES:
                found.append(node.lineno)
    return sorted(found)


def test_one_module_knows_how_dynamodb_writes_an_attribute() -> None:
    modules = [each.relative_to(ROOT).as_posix() for each in (ROOT / "chalicelib").rglob("*.py")]
    assert {each: lines for each in modules if each not in MAY and (lines := typed((ROOT / each).read_text()))} == {}


def test_the_module_that_may_does() -> None:
    assert [each for each in MAY if not typed((ROOT / each).read_text())] == []


@pytest.mark.parametrize(
    "source",
    [
        'item["sk"]["S"]',
        'item.get("depth", {"N": "0"})["N"]',
        'value.get("B")',
        '{"key_count": {"N": "0"}}',
        'head | {"health": {"M": health}}',
        'match kind:\n    case "N":\n        pass',
    ],
)
def test_each_way_to_do_it_is_found(source: str) -> None:
    assert typed(source)


@pytest.mark.parametrize("source", ['item["sk"]', 'values.item({"sk": "S"})', '{"N.Virginia": 1}', "S"])
def test_what_is_something_else_is_not(source: str) -> None:
    assert not typed(source)
