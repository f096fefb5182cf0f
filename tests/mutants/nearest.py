"""The tests for a mutant, nearest and fastest first: those that run the broken lines, as the map has them.

At last come those that are named after the module, and those that import it: some may be younger than the map.
"""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.mutants.coverage_map import MAP

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.mutants.mutant import Mutant

FIRST_S: Final = 12.0
"""Recorded seconds of the tests that are run first; the others are run for what those let through."""
LATER_S: Final = 120.0
_AKIN_MAX: Final = 8


class Nearest:
    """Chooses tests by the map, if there is one."""

    def __init__(self, root: Path) -> None:
        self._root = root
        there = (root / MAP).exists()
        kept: dict[str, Any] = json.loads((root / MAP).read_text()) if there else {"tests": [], "lines": {}}
        self._tests: list[tuple[str, float]] = [(name, seconds) for name, seconds in kept["tests"]]
        self._texts: dict[str, str] = {}
        self._lines: dict[str, dict[str, list[int]]] = kept["lines"]

    def rounds(self, mutant: Mutant) -> list[list[str]]:
        """The tests to run, and those to run where all of the first have passed; those of the list are as it says."""
        if mutant.tests:
            return [list(mutant.tests)]
        ranked = sorted(self._running(mutant), key=lambda number: self._distance(mutant, *self._tests[number]))
        first: list[str] = []
        later: list[str] = []
        spent = 0.0
        for number in ranked:
            name, seconds = self._tests[number]
            spent += seconds + 0.01
            if spent <= FIRST_S or not first:
                first.append(name)
            elif spent <= LATER_S:
                later.append(name)
        return [each for each in (first, later, self._akin(mutant)) if each]

    def _running(self, mutant: Mutant) -> set[int]:
        """Tests that run a line of the broken statement; of what runs at import, tests that run anything of the file."""
        lines = self._lines.get(mutant.path, {})
        first, last = _statement(self._root / mutant.path, *mutant.lines)
        found = {number for line in range(first, last + 1) for number in lines.get(str(line), [])}
        found = found or {number for numbers in lines.values() for number in numbers}
        return {number for number in found if self._is_there(self._tests[number][0])}

    def _is_there(self, name: str) -> bool:
        """Whether a test of the map has not been removed or renamed since."""
        path, _, test = name.partition("::")
        if path not in self._texts:
            file = self._root / path
            self._texts[path] = file.read_text() if file.exists() else ""
        return f"def {test.rpartition('::')[2].partition('[')[0]}(" in self._texts[path]

    @staticmethod
    def _distance(mutant: Mutant, name: str, seconds: float) -> tuple[bool, bool, float]:
        file = Path(name.partition("::")[0])
        return Path(mutant.path).stem not in file.stem, file.parts[1] != mutant.layer, seconds

    def _akin(self, mutant: Mutant) -> list[str]:
        """Files of tests by name and by import."""
        module = mutant.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        package, _, stem = module.rpartition(".")
        imported = re.compile(rf"{re.escape(module)}\b|from {re.escape(package)} import .*\b{stem}\b")
        files = sorted((self._root / "tests").glob("[dscawe]*/test_*.py"))
        named = [each for each in files if stem.lstrip("_") in each.stem]
        importing = [each for each in files if each not in named and imported.search(each.read_text())]
        return [str(each.relative_to(self._root)) for each in (*named, *importing)][:_AKIN_MAX]


def _statement(file: Path, first: int, last: int) -> tuple[int, int]:
    """The lines of the smallest statement around these lines; of one with a body, its head."""
    if file.suffix != ".py":
        return first, last
    spans = sorted(
        (end - begin, begin, end)
        for node in ast.walk(ast.parse(file.read_text()))
        for begin, end in _spans(node)
        if begin <= first and last <= end
    )
    return spans[0][1:] if spans else (first, last)


def _spans(node: ast.AST) -> Iterable[tuple[int, int]]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return ()  # these lines run at import
    body = getattr(node, "body", None)
    if isinstance(node, ast.stmt) and isinstance(body, list):
        return ((node.lineno, max(node.lineno, body[0].lineno - 1)),)
    return ((node.lineno, node.end_lineno or node.lineno),) if isinstance(node, ast.stmt) else ()
