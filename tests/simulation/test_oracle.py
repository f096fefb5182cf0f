"""The oracle is only useful if it does not share a mistake with the service."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.simulation import oracle

_FILES = sorted(Path(oracle.__path__[0]).glob("*.py"))


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.stem)
def test_the_oracle_imports_nothing_of_the_service(path: Path) -> None:
    imported = {
        name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in getattr(node, "names", [])]
        )
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    own = {name for name in imported if name.startswith(("chalicelib", "tests", "infra"))}
    assert all(name.startswith("tests.simulation.oracle") for name in own), own
