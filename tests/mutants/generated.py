"""Mutants that cosmic-ray's operators make: a sample, even over the layers and their files, the same for the same seed.

Left out, because no test could or should notice them:

* changes of annotations, of `if TYPE_CHECKING`, and of `frozen`, `slots` and `kw_only`: the behaviour is the same;
* changes of what is logged;
* a constant's number by one: `COUNT_MAX` one higher is still a limit, and tests use its name.

Also left out, because nobody would write it and any test would notice: text that does not parse, `+` that becomes `<<`, `<`
that becomes `is`.
"""

from __future__ import annotations

import ast
import hashlib
from collections import defaultdict
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from tests.mutants.mutant import STAGES, Mutant, Source, changed_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

LAYERS: Final = (("domain",), STAGES, ("adapters",), ("api",), ("workers",))
PER_FILE_MAX: Final = 12
_KINDS: Final = (
    {"Add", "Sub", "Mul", "Div", "FloorDiv", "Mod"},
    {"Lt", "LtE", "Gt", "GtE", "Eq", "NotEq"},
    {"Is", "IsNot"},
    {"In", "NotIn"},
)
"""Groups of operators that are easily confused."""
_INERT_OPTIONS: Final = {"frozen", "slots", "kw_only"}


def sample(root: Path, count: int, seed: str) -> list[Mutant]:
    """A number of mutants, distributed as evenly as the files allow."""
    shares = [_of_layer(root, folders, seed) for folders in LAYERS]
    turns = (each for turn in zip_longest(*shares) for each in turn if each is not None)
    return [each for each, _ in zip(turns, range(count), strict=False)]


def _of_layer(root: Path, folders: Iterable[str], seed: str) -> Iterator[Mutant]:
    """Mutants of a layer, one of each file after another."""
    paths = sorted(
        (str(each.relative_to(root)) for folder in folders for each in (root / "chalicelib" / folder).rglob("*.py")),
        key=lambda path: _rank(seed, path),
    )
    turns = [_of_file(root, path, seed) for path in paths]
    while turns:
        left = []
        for each in turns:
            made = next(each, None)
            if made is not None:
                yield made
                left.append(each)
        turns = left


def _of_file(root: Path, path: str, seed: str) -> Iterator[Mutant]:
    """Mutants of a file, each at another position."""
    from cosmic_ray.mutating import mutate_code  # noqa: PLC0415 - .venv-mutants has it
    from cosmic_ray.plugins import get_operator  # noqa: PLC0415

    original = (root / path).read_text()
    meaning = _meaning(original)
    made = 0
    for place, ways in sorted(_places(original).items(), key=lambda each: _rank(seed, path, str(each[0]))):
        name, occurrence = min(ways, key=lambda each: _rank(seed, path, str(place), *map(str, each)))
        broken = mutate_code(original, get_operator(name)(), occurrence)
        if broken is None or made == PER_FILE_MAX or _meaning(broken) in {meaning, None}:
            continue
        made += 1
        operator = name.removeprefix("core/")
        yield Mutant(
            name=f"{path}:{place[0]}:{place[1]} {operator}",
            says=operator,
            source=Source.GENERATED,
            path=path,
            text=broken,
            lines=changed_lines(original, broken),
        )


def _places(original: str) -> dict[tuple[int, int], list[tuple[str, int]]]:
    """The mutations at each position: operators, and the position's number among all of each operator's."""
    from cosmic_ray.ast import ast_nodes, get_ast  # noqa: PLC0415
    from cosmic_ray.plugins import get_operator, operator_names  # noqa: PLC0415

    nodes = list(ast_nodes(get_ast(original)))
    found: defaultdict[tuple[int, int], list[tuple[str, int]]] = defaultdict(list)
    for name in sorted(operator_names()):
        if get_operator(name).arguments() or not _is_plausible(name):
            continue  # those with arguments speak of variables by name
        operator = get_operator(name)()
        positions = (start for node in nodes for start, _ in operator.mutation_positions(node))
        for occurrence, start in enumerate(positions):
            found[start].append((name, occurrence))
    return found


def _is_plausible(name: str) -> bool:
    """Whether an operator replaces another one of its group."""
    what, _, change = name.removeprefix("core/").partition("_")
    if what not in {"ReplaceBinaryOperator", "ReplaceComparisonOperator"}:
        return True
    return any(set(change.split("_")) <= kind for kind in _KINDS)


def _meaning(text: str) -> str | None:
    """The code of a text without what no test must notice; ``None`` if it is not Python."""
    try:
        return ast.dump(_Stripped().visit(ast.parse(text)))
    except SyntaxError:
        return None


class _Stripped(ast.NodeTransformer):
    """Removes what the module's docstring lists."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        for each in (*node.args.args, *node.args.kwonlyargs, *node.args.posonlyargs):
            each.annotation = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Name("_")
        if isinstance(node.target, ast.Name) and node.target.id.isupper() and _is_arithmetic(node.value):
            node.value = None
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and node.func.id == "dataclass":
            node.keywords = [each for each in node.keywords if each.arg not in _INERT_OPTIONS]
        return self.generic_visit(node)

    def visit_If(self, node: ast.If) -> ast.AST:
        return ast.Pass() if "TYPE_CHECKING" in ast.unparse(node.test) else self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        call = node.value
        is_log = (
            isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "log"
        )
        return ast.Pass() if is_log else self.generic_visit(node)


def _is_arithmetic(value: ast.expr | None) -> bool:
    """Whether a value is a number, or numbers multiplied and added."""
    parts = [] if value is None else [each for each in ast.walk(value) if not isinstance(each, ast.operator | ast.unaryop)]
    constants = [each for each in parts if isinstance(each, ast.Constant)]
    is_of_numbers = all(isinstance(each, ast.Constant | ast.BinOp | ast.UnaryOp) for each in parts)
    return bool(constants) and is_of_numbers and all(type(each.value) in {int, float} for each in constants)


def _rank(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode()).hexdigest()
