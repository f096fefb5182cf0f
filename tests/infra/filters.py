"""Evaluates whether a log line matches a metric filter, as far as this template's filters need.

"Filter pattern syntax for metric filters, subscription filters, and filter log events" (AmazonCloudWatch/latest/logs): terms
compare a member of a JSON line, and are joined by `&&` and `||`, with brackets. An absent member matches nothing.
"""

from __future__ import annotations

import re
from typing import Any, Final

_TOKEN: Final = re.compile(r'\s*(\(|\)|&&|\|\||\$(?:\.\w+)+\s*(?:!=|=)\s*"[^"]*")')
_TERM: Final = re.compile(r'\$\.(?P<path>[\w.]+)\s*(?P<sign>!=|=)\s*"(?P<text>[^"]*)"')


def matches(pattern: str, line: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Whether the pattern, in braces, matches the line."""
    inside = pattern.strip().removeprefix("{").removesuffix("}")
    tokens = _TOKEN.findall(inside)
    assert "".join(tokens).replace(" ", "") == inside.replace(" ", ""), f"not understood: {pattern}"
    found, rest = _either(tokens, line)
    assert not rest
    return found


def _either(tokens: list[str], line: Any) -> tuple[bool, list[str]]:  # noqa: ANN401 - any JSON value
    found, rest = _both(tokens, line)
    while rest[:1] == ["||"]:
        other, rest = _both(rest[1:], line)
        found = found or other
    return found, rest


def _both(tokens: list[str], line: Any) -> tuple[bool, list[str]]:  # noqa: ANN401 - any JSON value
    found, rest = _one(tokens, line)
    while rest[:1] == ["&&"]:
        other, rest = _one(rest[1:], line)
        found = found and other
    return found, rest


def _one(tokens: list[str], line: Any) -> tuple[bool, list[str]]:  # noqa: ANN401 - any JSON value
    first, *rest = tokens
    if first == "(":
        found, rest = _either(rest, line)
        assert rest[0] == ")"
        return found, rest[1:]
    term = _TERM.fullmatch(first)
    assert term is not None
    value = line
    for name in term["path"].split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value is not None and (value == term["text"]) == (term["sign"] == "="), rest
