"""A compiled schema: nodes, each with the checks of its keywords."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from chalicelib.domain.notifications.json_schema import VIOLATIONS_MAX
from chalicelib.domain.notifications.json_schema.work import TooMuchWork, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chalicelib.domain.notifications.json_schema.equality import Values

    Place = tuple["Place", str | int] | None
    """A path in the document, as a linked list: the parent's place, and the name or index within the parent."""
    Found = list[tuple[Place, str]] | None
    """Violations found so far; ``None`` if only the verdict is needed."""
    Check = Callable[["Run", Any, Place, Found, "Evaluated | None"], bool]
    Path = tuple[str | int, ...]

PROBLEM_LENGTH_MAX: Final = 200


class Run(Work):
    """One validation of a document: the remaining units of work, and the keys of its values."""

    __slots__ = ("values",)

    def __init__(self, units: int, values: Values) -> None:
        super().__init__(units)
        self.values = values


class Evaluated:
    """The members and items of one value that keywords have evaluated. `unevaluated…` applies to all others."""

    __slots__ = ("indexes", "names", "until")

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.indexes: set[int] = set()
        self.until = 0

    def add(self, other: Evaluated, work: Work) -> None:
        """Add what another part of the schema has evaluated."""
        work.spend(4 + len(other.names) + len(other.indexes))
        self.names |= other.names
        self.indexes |= other.indexes
        self.until = max(self.until, other.until)


class Rule:
    """A keyword with its value. A violation is described by the keyword's value, never by the document's."""

    __slots__ = ("_problem", "keyword", "value")

    def __init__(self, keyword: str, value: Any) -> None:
        self.keyword = keyword
        self.value = value
        self._problem: str | None = None

    def violated(self, found: Found, place: Place) -> bool:
        """Add a violation to `found`. Return ``False``, the verdict of the check."""
        if found is not None:
            if self._problem is None:
                self._problem = f"{self.keyword} of the schema is {beginning(self.value)}"[:PROBLEM_LENGTH_MAX]
            found.append((place, self._problem))
        return False


class Node:
    """A schema or a subschema. `cost` is the units of its keywords, without what they spend in loops."""

    __slots__ = ("checks", "cost", "expanded", "parts", "path", "sees")

    def __init__(self, path: Path) -> None:
        self.path = path
        self.cost = 1
        self.checks: tuple[Check, ...] = ()
        self.parts: list[Node | Reference] = []
        """The subschemas that are applied to the same value."""
        self.sees = False
        """Whether one of its keywords needs to know what the others have evaluated."""
        self.expanded: tuple[int, int] | None = None

    def holds(self, run: Run, value: Any, place: Place, found: Found, seen: Evaluated | None) -> bool:
        """Whether a value matches. All violations are added to `found`. If `found` is ``None``, the first ends the check."""
        run.left -= self.cost
        if run.left < 0:
            raise TooMuchWork
        own = Evaluated() if self.sees else seen
        is_met = True
        for check in self.checks:
            if not check(run, value, place, found, own):
                if is_over(found):
                    return False
                is_met = False
        if self.sees and seen is not None and own is not None:
            seen.add(own, run)
        return is_met


class Reference:
    """A `$ref`. Its node is set after the whole schema is read."""

    __slots__ = ("node", "path", "target")

    def __init__(self, target: str, path: Path) -> None:
        self.target = target
        self.path = path
        self.node: Node

    def holds(self, run: Run, value: Any, place: Place, found: Found, seen: Evaluated | None) -> bool:
        """Whether a value matches the node that it refers to."""
        return self.node.holds(run, value, place, found, seen)


def is_over(found: Found) -> bool:
    """Whether a violation ends the check: only the verdict is needed, or enough violations were found."""
    return found is None or len(found) >= VIOLATIONS_MAX


def beginning(value: object) -> str:
    """The beginning of a value's JSON text. The time for it does not depend on the value's size."""
    parts: list[str] = []
    length = 0
    for part in _written(value):
        parts.append(part)
        length += len(part)
        if length > PROBLEM_LENGTH_MAX:
            break
    return "".join(parts)


def _written(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield json.dumps(value[: PROBLEM_LENGTH_MAX + 1])
    else:
        yield from json.JSONEncoder().iterencode(value)
