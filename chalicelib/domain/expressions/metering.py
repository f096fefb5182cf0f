"""Units of work: what an expression pays for what it has the interpreter do.

A unit is about a nanosecond of one core of a server of 2024, where it was measured (`python -m benchmarks.expressions`). It
is a count and no measurement, so that a limit is met at the same place each time. Prices are those of the worst case: what
is cheaper for kind values is charged as if they were not.
"""

from __future__ import annotations

from typing import Any, Final

EXPRESSION_WORK_MAX: Final = 16_000_000
"""Units of work that one expression may spend on one notification."""
OWNER_WORK_MAX: Final = 48_000_000
"""Units of work that all filters and transforms of one owner's webhooks may spend on one notification, if not set otherwise.

A hundred webhooks spend a tenth of it with a typical filter and transform each, and all but a fifth if each passes a whole
notification of 128 KB on. One webhook alone cannot spend it.
"""
READING: Final = 500
"""For each character of an expression that has to be parsed. Parsing takes up to twice as long, and is done once for many
notifications."""
START: Final = 10_000
"""For each evaluation, before its first step."""
VISIT: Final = 500
"""For each node of the expression, each time that it is visited."""
ELEMENT: Final = 10
"""For each element that is copied from a list or an object into another."""
WEIGHING: Final = 200
"""For each element of a value that is looked through, be it to write it, to compare it or to check its type."""
CHARACTER: Final = 3
"""For each character that is written."""
WIDE_CHARACTER: Final = 6
"""The same in a text that is not all ASCII."""
_FLOAT: Final = 600
_ODD_FLOAT: Final = 2_000
"""A floating-point number far from 1: its shortest decimal form takes longer to find."""
_PLAIN_MIN: Final = 1e-6
_PLAIN_MAX: Final = 1e16
_CONTAINER: Final = 3
"""A list or an object is looked through as if it had so many elements more."""
_WORD_BITS: Final = 64
_INTEGER_SHIFT: Final = 9
"""Writing an integer of n bits takes time by the square of n: 0.2 ms for 4,000 digits."""
_COMPARED_SHIFT: Final = 4
"""Sixteen characters are compared in a nanosecond."""


class TooMuchWork(Exception):
    """There are no units left for what comes next."""


class Meter:
    """Units of work that are left, and what values weigh.

    A value's weight is what it costs to write it. A part that a value holds twice counts twice, and is looked at once:
    without that, ``[@,@]|[@,@]|…`` would double a notification with each of its six characters.
    """

    __slots__ = ("_weights", "left")

    def __init__(self, left: int) -> None:
        self.left = left
        self._weights: dict[int, tuple[int, object]] = {}

    def spend(self, units: int) -> None:
        """Pay; raise `TooMuchWork`, and pay nothing, where less than that is left."""
        if units > self.left:
            raise TooMuchWork
        self.left -= units

    def weight(self, value: Any) -> int:  # noqa: ANN401 - any value of JSON
        """What it costs to write a value; the first look at a list or an object is paid for here."""
        if isinstance(value, str):
            return WEIGHING + (CHARACTER if value.isascii() else WIDE_CHARACTER) * len(value)
        if isinstance(value, list | dict):
            return self._weight(value)
        if isinstance(value, float):
            return _FLOAT if value == 0 or _PLAIN_MIN < abs(value) < _PLAIN_MAX else _ODD_FLOAT
        bits = value.bit_length() if isinstance(value, int) else 0
        return WEIGHING if bits <= _WORD_BITS else WEIGHING + (bits * bits >> _INTEGER_SHIFT)

    def comparison(self, left: Any, right: Any) -> int:  # noqa: ANN401
        """What it costs to compare two values: that of the smaller one, if they are of a kind."""
        if isinstance(left, str) and isinstance(right, str):
            return min(len(left), len(right)) >> _COMPARED_SHIFT
        if (isinstance(left, list) and isinstance(right, list)) or (isinstance(left, dict) and isinstance(right, dict)):
            return min(self.weight(left), self.weight(right))
        return 0

    def _weight(self, value: list[Any] | dict[str, Any]) -> int:
        """What was weighed is kept until the end, so that no other value gets its address."""
        known = self._weights.get(id(value))
        if known is not None:
            return known[0]
        parts = value if isinstance(value, list) else [*value, *value.values()]
        self.spend(WEIGHING * (len(parts) + _CONTAINER))
        weight = WEIGHING + sum(map(self.weight, parts))
        self._weights[id(value)] = (weight, value)
        return weight
