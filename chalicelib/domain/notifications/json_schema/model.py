"""A schema that is ready for use: nodes, each with the checks of its keywords."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from chalicelib.domain.notifications.json_schema import VIOLATIONS_MAX
from chalicelib.domain.notifications.json_schema.work import TooMuchWork, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chalicelib.domain.notifications.json_schema.equality import Values

    Place = tuple["Place", str | int] | None
    """Where in the document: the place of what it is in, and its name or index there."""
    Found = list[tuple[Place, str]] | None
    """Violations so far; nothing where only the verdict is asked for."""
    Check = Callable[["Run", Any, Place, Found, "Evaluated | None"], bool]
    Path = tuple[str | int, ...]

PROBLEM_LENGTH_MAX: Final = 200


class Run(Work):
    """One check of a document: the units that are left, and the keys of its values."""

    __slots__ = ("values",)

    def __init__(self, units: int, values: Values) -> None:
        super().__init__(units)
        self.values = values


class Evaluated:
    """The members and items of one value that keywords have looked at: `unevaluated…` is about all others."""

    __slots__ = ("indexes", "names", "until")

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.indexes: set[int] = set()
        self.until = 0

    def add(self, other: Evaluated, work: Work) -> None:
        """Take over what another part of the schema has looked at."""
        work.spend(4 + len(other.names) + len(other.indexes))
        self.names |= other.names
        self.indexes |= other.indexes
        self.until = max(self.until, other.until)


class Rule:
    """A keyword with its value. A violation is described with the keyword's value, never with the document's."""

    __slots__ = ("_problem", "keyword", "value")

    def __init__(self, keyword: str, value: Any) -> None:
        self.keyword = keyword
        self.value = value
        self._problem: str | None = None

    def violated(self, found: Found, place: Place) -> bool:
        """Note a violation; ``False``, which is a check's verdict."""
        if found is not None:
            if self._problem is None:
                self._problem = f"{self.keyword} of the schema is {beginning(self.value)}"[:PROBLEM_LENGTH_MAX]
            found.append((place, self._problem))
        return False


class Node:
    """A schema or a part of it. `cost` are the units of its keywords, without what they spend in loops."""

    __slots__ = ("checks", "cost", "expanded", "parts", "path", "sees")

    def __init__(self, path: Path) -> None:
        self.path = path
        self.cost = 1
        self.checks: tuple[Check, ...] = ()
        self.parts: list[Node | Reference] = []
        """What is applied to the same value."""
        self.sees = False
        """Whether one of its keywords needs to know what the others have looked at."""
        self.expanded: tuple[int, int] | None = None

    def holds(self, run: Run, value: Any, place: Place, found: Found, seen: Evaluated | None) -> bool:
        """Whether a value meets it. All violations are noted in `found`; without it, the first ends the check."""
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
    """A `$ref`; its node is known once the whole schema is read."""

    __slots__ = ("node", "path", "target")

    def __init__(self, target: str, path: Path) -> None:
        self.target = target
        self.path = path
        self.node: Node

    def holds(self, run: Run, value: Any, place: Place, found: Found, seen: Evaluated | None) -> bool:
        """What its node says."""
        return self.node.holds(run, value, place, found, seen)


def is_over(found: Found) -> bool:
    """Whether a violation ends the check: only the verdict is asked for, or there are enough."""
    return found is None or len(found) >= VIOLATIONS_MAX


def beginning(value: object) -> str:
    """The beginning of a value's JSON text, in time that does not depend on the value's size."""
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
