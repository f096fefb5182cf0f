"""What people read in a Python file: docstrings, comments and messages."""

from __future__ import annotations

import ast
import io
import tokenize
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOT: Final = Path(__file__).parents[2]
FOLDERS: Final = ("chalicelib", "posthorn", "infra", "local", "openapi", "benchmarks")
FILES: Final = (
    _ROOT / "app.py",
    *sorted(path for folder in FOLDERS for path in (_ROOT / folder).rglob("*.py") if "node_modules" not in path.parts),
)


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """Each docstring, comment and message of a file, with the line at which it begins."""
    source = path.read_text("utf-8")
    yield from _comments(source)
    yield from _strings(ast.parse(source))


def _comments(source: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string.lstrip("# ")


def _strings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Strings of several words: docstrings and messages. A string of one word is a name or a key."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip():
            yield node.lineno, node.value
