"""Compiles a schema, or reports where it is not valid. Compiling has a limit, and so has the work of each compiled node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from chalicelib.domain.notifications.json_schema import applicators, assertions, shapes
from chalicelib.domain.notifications.json_schema.equality import Key, Values
from chalicelib.domain.notifications.json_schema.model import Node, Reference, Rule
from chalicelib.domain.notifications.json_schema.patterns import InvalidPattern, matcher
from chalicelib.domain.notifications.json_schema.work import CHECK_BASE, COMPILE_MAX, TooMuchWork, Work

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from chalicelib.domain.notifications.json_schema.model import Check, Found, Path, Place, Run
    from chalicelib.domain.notifications.json_schema.model import Evaluated as _Evaluated
    from chalicelib.domain.notifications.json_schema.patterns import Matches

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
DEPTH_MAX: Final = 100
"""How deep a schema may be nested, and how long a chain of references may be."""
PATTERNS_MAX: Final = 100
"""Different patterns in one schema. The engine of each may keep megabytes after it has matched hostile texts."""
_EVALUATED: Final = 4
"""Units for recording what keywords have evaluated."""
_SCHEMA: Final = frozenset(
    {"not", "if", "then", "else", "items", "contains", "additionalProperties", "propertyNames"}
    | {"unevaluatedItems", "unevaluatedProperties", "contentSchema"}
)
_ARRAYS: Final = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_OBJECTS: Final = frozenset({"$defs", "definitions", "properties", "patternProperties", "dependentSchemas"})
_RULES: Final = {**assertions.RULES, **applicators.RULES, **applicators.LAST}


class InvalidSchema(Exception):
    """A schema is not valid: `path` says where, `problem` what."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(problem)
        self.path = path
        self.problem = problem


class Compiled:
    """A compiled schema."""

    __slots__ = ("known", "root")

    def __init__(self, root: Node, known: Mapping[Key, int]) -> None:
        self.root = root
        self.known = known


def compiled(schema: Mapping[str, Any]) -> Compiled:
    """Compile a schema; raise `InvalidSchema` if it is not valid or needs too much work."""
    compiler = _Compiler(schema)
    try:
        return compiler.compiled()
    except TooMuchWork:
        problem = f"compiling it takes more than {COMPILE_MAX} units of work; use fewer or shorter parts and patterns"
        raise InvalidSchema(compiler.at, problem) from None


class Part:
    """A keyword while its schema is compiled: its value, its siblings, and what its check needs."""

    def __init__(self, compiler: _Compiler, node: Node, schema: Mapping[str, Any], keyword: str) -> None:
        self._compiler = compiler
        self._node = node
        self.schema = schema
        self.path: Path = (*node.path, keyword)
        self.rule = Rule(keyword, schema[keyword])
        self.cost = 1

    def named_rule(self, keyword: str, value: object) -> Rule:
        """The rule by which a violation of a sibling keyword is reported."""
        return Rule(keyword, value)

    def key(self, value: object) -> Key:
        """The key of a value with which documents are compared."""
        return self._compiler.key(value)

    def length(self, texts: Iterable[str]) -> int:
        """The units for comparing long texts, in addition to those for any comparison."""
        return sum(map(len, texts)) >> 6

    def pattern(self, text: str, path: Path) -> Matches:
        """A function that searches for a pattern."""
        return self._compiler.pattern(text, path)

    def reference(self, target: str) -> Reference:
        """A reference whose schema is applied to the same value."""
        reference = self._compiler.reference(target, self.path)
        self._node.parts.append(reference)
        return reference

    def same(self) -> Node:
        """The keyword's schema, applied to the same value."""
        return self._same(self.rule.value, self.path)

    def same_each(self) -> list[Node]:
        """The keyword's schemas, applied to the same value."""
        return [self._same(each, (*self.path, index)) for index, each in enumerate(self.rule.value)]

    def same_named(self) -> dict[str, Node]:
        """The keyword's schemas by name, applied to the same value."""
        return {name: self._same(each, (*self.path, name)) for name, each in self.rule.value.items()}

    def sibling(self, keyword: str) -> Node | None:
        """The schema of a sibling keyword, applied to the same value; ``None`` if there is none."""
        if keyword not in self.schema:
            return None
        return self._same(self.schema[keyword], (*self.path[:-1], keyword))

    def other(self) -> Node:
        """The keyword's schema, applied to other values."""
        return self._compiler.node(self.rule.value, self.path)

    def each(self) -> list[Node]:
        """The keyword's schemas, applied to other values."""
        return [self._compiler.node(each, (*self.path, index)) for index, each in enumerate(self.rule.value)]

    def named(self) -> dict[str, Node]:
        """The keyword's schemas by name, applied to other values."""
        return {name: self._compiler.node(each, (*self.path, name)) for name, each in self.rule.value.items()}

    def _same(self, schema: object, path: Path) -> Node:
        node = self._compiler.node(schema, path)
        self._node.parts.append(node)
        return node


class _Compiler:
    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.at: Path = ()
        self._schema = schema
        self._work = Work(COMPILE_MAX)
        self._values = Values({})
        self._nodes: dict[int, Node] = {}
        self._anchors: dict[str, tuple[object, Path]] = {}
        self._references: list[Reference] = []
        self._patterns: dict[str, Matches] = {}

    def compiled(self) -> Compiled:
        root = self.node(self._schema, ())
        for reference in self._references:  # grows during the loop
            self.at = reference.path
            self._work.spend(4)
            reference.node = self.node(*self._found(reference))
        for node in list(self._nodes.values()):
            self._expand(node, set())
        return Compiled(root, self._values.numbers)

    def node(self, schema: object, path: Path) -> Node:
        """The node of a subschema. Each is made once."""
        if isinstance(schema, dict) and id(schema) in self._nodes:
            return self._nodes[id(schema)]
        self.at = path
        self._work.spend(20)
        if len(path) > DEPTH_MAX:
            raise InvalidSchema(path[:DEPTH_MAX], f"it is nested deeper than {DEPTH_MAX} levels")
        node = Node(path)
        if isinstance(schema, dict):
            self._nodes[id(schema)] = node
            self._fill(node, schema)
        elif schema is False:
            node.checks = (_nothing,)
        elif schema is not True:
            raise InvalidSchema(path, "a schema is expected: an object, true or false")
        return node

    def key(self, value: object) -> Key:
        return self._values.key(value, self._work)

    def pattern(self, text: str, path: Path) -> Matches:
        found = self._patterns.get(text)
        if found is None:
            self.at = path
            if len(self._patterns) >= PATTERNS_MAX:
                raise InvalidSchema(path, f"a schema may have {PATTERNS_MAX} different patterns")
            try:
                found = self._patterns[text] = matcher(text, self._work)
            except InvalidPattern as error:
                raise InvalidSchema(path, f"the pattern cannot be used: {error}") from error
        return found

    def reference(self, target: str, path: Path) -> Reference:
        if not target.startswith("#"):
            raise InvalidSchema(path, "a reference within this schema ('#…') is expected; other schemas are not fetched")
        self._references.append(Reference(target, path))
        return self._references[-1]

    def _fill(self, node: Node, schema: Mapping[str, Any]) -> None:
        self._work.spend(20 * len(schema))
        for keyword, value in schema.items():
            found = shapes.problem(keyword, value)
            if found is not None:
                raise InvalidSchema((*node.path, keyword, *found[0]), found[1])
        self._identify(node.path, schema)
        checks: list[Check] = []
        for keyword in sorted(schema, key=applicators.LAST.__contains__):  # the sort is stable
            if keyword in _RULES:
                part = Part(self, node, schema, keyword)
                check = _RULES[keyword](part)
                node.cost += part.cost
                checks += [] if check is None else [check]
            self._visit(node.path, keyword, schema[keyword])
        node.checks = tuple(checks)
        node.sees = not applicators.LAST.keys().isdisjoint(schema)
        node.cost += _EVALUATED if node.sees else 0

    def _identify(self, path: Path, schema: Mapping[str, Any]) -> None:
        if schema.get("$schema", DIALECT) != DIALECT:
            raise InvalidSchema((*path, "$schema"), f"only {DIALECT} is supported")
        if "$id" in schema and path:
            raise InvalidSchema((*path, "$id"), "only the root of the schema may have an identifier")
        for keyword in ("$anchor", "$dynamicAnchor"):
            if keyword in schema:
                self._anchors.setdefault(schema[keyword], (schema, path))

    def _visit(self, path: Path, keyword: str, value: Any) -> None:
        """Compile the subschemas of a keyword, even if nothing applies them."""
        if keyword in _SCHEMA:
            self.node(value, (*path, keyword))
        elif keyword in _ARRAYS:
            for index, each in enumerate(value):
                self.node(each, (*path, keyword, index))
        elif keyword in _OBJECTS:
            for name, each in value.items():
                self.node(each, (*path, keyword, name))

    def _found(self, reference: Reference) -> tuple[object, Path]:
        """The schema that a reference points to, and its path."""
        name = unquote(reference.target[1:])
        if name and not name.startswith("/"):
            found = self._anchors.get(name)
        else:
            found = self._pointed([each.replace("~1", "/").replace("~0", "~") for each in name.split("/")[1:]])
        if found is None:
            raise InvalidSchema(reference.path, "it points to nothing in this schema")
        return found

    def _pointed(self, steps: list[str]) -> tuple[object, Path] | None:
        at: Any = self._schema
        path: list[str | int] = []
        self._work.spend(len(steps))
        for step in steps:
            if isinstance(at, dict) and step in at:
                path.append(step)
            elif isinstance(at, list) and step.isascii() and step.isdigit() and int(step[:9]) < len(at):
                path.append(int(step[:9]))
            else:
                return None
            at = at[path[-1]]
        return at, tuple(path)

    def _expand(self, node: Node, above: set[int]) -> tuple[int, int]:
        """The units that a node takes for one value, with all subschemas that apply to the same value, and their depth."""
        if node.expanded is not None:
            return node.expanded
        if id(node) in above:
            raise InvalidSchema(node.path, "it refers to itself in an endless loop")
        if len(above) > DEPTH_MAX:
            raise InvalidSchema(node.path, f"a chain of more than {DEPTH_MAX} schemas applies to one value")
        parts = [part.node if isinstance(part, Reference) else part for part in node.parts]
        above.add(id(node))
        below = [self._expand(part, above) for part in parts]
        above.remove(id(node))
        cost, height = node.cost + sum(each for each, _ in below), 1 + max((each for _, each in below), default=0)
        if cost > CHECK_BASE:
            problem = f"checking one value against it takes {_about(cost)} units of work; {CHECK_BASE} are allowed"
            raise InvalidSchema(node.path, problem)
        if height > DEPTH_MAX:
            raise InvalidSchema(node.path, f"a chain of more than {DEPTH_MAX} schemas applies to one value")
        node.expanded = cost, height
        return node.expanded


def _about(units: int) -> str:
    return str(units) if units < 10**9 else "more than 1,000,000,000"


def _nothing(run: Run, value: Any, place: Place, found: Found, seen: _Evaluated | None) -> bool:
    if found is not None:
        found.append((place, "nothing is allowed here: the schema is false"))
    return False
