"""Indents JSON token by token: numbers, escapes and duplicate keys are kept as written."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_INDENT: Final = "  "


def formatted(text: str) -> str:
    """JSON with one line for each member; raise `ValueError` or `RecursionError` if it is not valid JSON."""
    from posthorn.client.raw_json import RawJson

    return "".join(_pieces(_TOKEN.findall(RawJson(text).text)))


def _pieces(parts: list[str]) -> Iterator[str]:
    depth = 0
    for part, following in pairwise([*parts, ""]):
        if part in {"{", "["}:
            depth += 1
        elif following in {"}", "]"}:
            depth -= 1
        yield part
        if part == ":":
            yield " "
        if _is_empty(part, following):
            depth -= 1
        elif part in {"{", "[", ","} or following in {"}", "]"}:
            yield "\n" + _INDENT * depth


def _is_empty(part: str, following: str) -> bool:
    return part + following in {"{}", "[]"}
