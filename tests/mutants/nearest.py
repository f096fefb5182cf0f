"""The tests for a mutant, nearest and fastest first: those that run the broken lines, by the coverage map.

Last are those that are named after the module or import it, since some may be newer than the map.
"""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.mutants.coverage_map import MAP, QUICK

if TYPE_CHECKING:
    from tests.mutants.mutant import Mutant

FIRST_S: Final = 12.0
"""The total recorded time of the tests that run first. The others run only if these pass."""
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
        """The tests to run first, then those to run if the first pass. A mutant of the list names its own tests."""
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
        """Tests that run a line of the broken statement. For code that runs at import, tests that run any of the file."""
        lines = self._lines.get(mutant.path, {})
        first, last = _statement(self._root / mutant.path, *mutant.lines)
        found = {number for line in range(first, last + 1) for number in lines.get(str(line), [])}
        found = found or {number for numbers in lines.values() for number in numbers}
        return {number for number in found if self._is_there(self._tests[number][0])}

    def _is_there(self, name: str) -> bool:
        """Whether a test of the map still exists."""
        path, _, test = name.partition("::")
        return f"def {test.rpartition('::')[2].partition('[')[0]}(" in self._text(path)

    def _text(self, path: str) -> str:
        """The text of a test file; empty if it no longer exists."""
        if path not in self._texts:
            file = self._root / path
            self._texts[path] = file.read_text() if file.exists() else ""
        return self._texts[path]

    @staticmethod
    def _distance(mutant: Mutant, name: str, seconds: float) -> tuple[bool, bool, float]:
        file = Path(name.partition("::")[0])
        return Path(mutant.path).stem not in file.stem, file.parts[1] != mutant.layer, seconds

    def _akin(self, mutant: Mutant) -> list[str]:
        """Test files by name and by import."""
        module = mutant.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        package, _, stem = module.rpartition(".")
        imported = re.compile(rf"{re.escape(module)}\b|from {re.escape(package)} import .*\b{stem}\b")
        found = sorted(each for folder in QUICK for each in (self._root / folder).glob("test_*.py"))
        files = [str(each.relative_to(self._root)) for each in found]
        named = [each for each in files if stem.lstrip("_") in Path(each).stem]
        importing = [each for each in files if each not in named and imported.search(self._text(each))]
        return [*named, *importing][:_AKIN_MAX]


def _statement(file: Path, first: int, last: int) -> tuple[int, int]:
    """The lines of the smallest statement around these lines; for a statement with a body, only its header."""
    nodes = [each for each in ast.walk(ast.parse(file.read_text())) if isinstance(each, ast.stmt)]
    # A function's or a class's own lines run at import.
    spans = [_span(each) for each in nodes if not isinstance(each, ast.FunctionDef | ast.ClassDef)]
    around = [(begin, end) for begin, end in spans if begin <= first and last <= end]
    return min(around, key=lambda span: (span[1] - span[0], span), default=(first, last))


def _span(node: ast.stmt) -> tuple[int, int]:
    body = getattr(node, "body", None)
    end = body[0].lineno - 1 if isinstance(body, list) else node.end_lineno or node.lineno
    return node.lineno, max(node.lineno, end)
