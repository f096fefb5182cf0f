"""The work and the CPU of an evaluation, and random expressions to measure."""

from __future__ import annotations

import random
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from chalicelib.domain.errors import InvalidExpression
from chalicelib.domain.expressions import evaluation, metering
from chalicelib.domain.expressions.evaluation import Allowance, EvaluationFailed
from chalicelib.domain.expressions.syntax import LENGTH_MAX, compiled
from testbed.expressions.cases import (
    ACCENTS,
    ALIKE,
    FLOATS,
    INTEGERS,
    LISTS,
    NUMBERS,
    OBJECT,
    SMALL,
    TEXT,
    WORDS,
    Case,
    many,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


class Taken(NamedTuple):
    """What an evaluation spent and took."""

    units: int
    cpu_ns: int

    @property
    def ns_per_unit(self) -> float:
        """How much CPU a unit buys."""
        return self.cpu_ns / self.units


def spent(case: Case) -> Taken:
    """The units of one evaluation, without those for parsing, and the least CPU that three took."""
    compiled(case.expression)
    _ = case.document.value
    least = 1 << 62
    for _ in range(3):
        allowance = Allowance()
        began = time.process_time_ns()
        with suppress(EvaluationFailed):
            evaluation.transformed(case.expression, case.document, allowance)
        least = min(least, time.process_time_ns() - began)
    return Taken(allowance.spent - len(case.expression) * metering.READING, least)


_DOCUMENTS: Final = (NUMBERS, FLOATS, INTEGERS, WORDS, ALIKE, TEXT, ACCENTS, LISTS, OBJECT, SMALL)
_LITERALS: Final = (
    "`1`", "`0`", "`[1,2,3]`", "`{}`", "`[]`", "''", "`1e300`", "`[[1],[2]]`", "'aaaaaaaaaaaaab'", "`" + "9" * 60 + "`",
    '`{"a":{"b":[1,2,3,4,5,6,7,8,9]}}`',
)  # fmt: skip
_OF_ONE: Final = (
    "abs", "avg", "ceil", "floor", "keys", "length", "max", "min", "reverse", "sort", "sum", "to_array", "to_string",
    "to_number", "type", "values", "merge", "not_null",
)  # fmt: skip
_ENDS: Final = ("[*]", ".*", "[*][*]", "[][]", "[0]", "|[@,@,@][]", "|[@,@]", "[::-1]", "[]", "|to_string(@)", "|@==@")
_SHAPES: Final = (
    "{0}|{1}", "[{0},{1}]", "{{x:{0},y:{1}}}", "({0})[*].{1}", "({0})[?{1}]", "({0})==({1})", "({0})<({1})",
    "contains({0},{1})", "map(&{0},{1})", "sort_by({0},&{1})", "min_by({0},&{1})", "join({0},{1})", "({0})&&({1})",
    "({0})||({1})", "starts_with({0},{1})", "{2}({0})", "{2}({0})", "({0}){3}", "({0}){3}",
)  # fmt: skip


def random_cases(count: int, seed: int) -> Iterator[Case]:
    """Expressions that nobody has thought of, over the same notifications."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    while count:
        document = rng.choice(_DOCUMENTS)
        made = _random(rng, list(document.value), rng.randrange(2, 7))
        made += "".join(rng.choice(_ENDS) for _ in range(rng.randrange(8)))
        case = Case(many(made) if rng.random() < _OFTEN_REPEATED and len(made) < LENGTH_MAX // 2 else made, document)
        with suppress(InvalidExpression):
            compiled(case.expression)
            count -= 1
            yield case


_OFTEN_REPEATED: Final = 0.3


def _random(rng: random.Random, names: list[str], depth: int) -> str:
    if depth <= 0:
        return rng.choice((rng.choice(names), "@", rng.choice(_LITERALS)))
    left, right = (_random(rng, names, depth - 1 - rng.randrange(2)) for _ in range(2))
    return rng.choice(_SHAPES).format(left, right, rng.choice(_OF_ONE), rng.choice(_ENDS))
