"""Units of work: the prices of what an expression makes the interpreter do.

A unit is about a nanosecond on one core of a server of 2024, on which it was measured (`python -m benchmarks.expressions`).
Units are counted, not measured, so that an expression reaches a limit at the same point each time. Prices are those of the
worst case, also for values that would be cheaper.
"""

from __future__ import annotations

from typing import Any, Final

EXPRESSION_WORK_MAX: Final = 16_000_000
"""Units of work that one expression may spend on one notification."""
OWNER_WORK_MAX: Final = 48_000_000
"""The default for the units that all filters and transforms of one owner's webhooks may spend on one notification.

A hundred webhooks, each with a typical filter and transform, spend a tenth of it. They spend four fifths if each passes on a
whole notification of 128 KB. One webhook alone cannot spend it.
"""
READING: Final = 500
"""For each character of an expression that is parsed. Parsing takes up to twice as long, but is done once for many
notifications."""
START: Final = 10_000
"""For each evaluation, before its first step."""
VISIT: Final = 500
"""For each node of the expression, each time it is visited."""
ELEMENT: Final = 10
"""For each element that is copied from a list or an object into another."""
WEIGHING: Final = 200
"""For each element of a value that is traversed: to write it, to compare it or to check its type."""
CHARACTER: Final = 3
"""For each character that is written."""
WIDE_CHARACTER: Final = 6
"""The same, in a text that is not all ASCII."""
_FLOAT: Final = 600
_ODD_FLOAT: Final = 2_000
"""A floating-point number far from 1, whose shortest decimal form takes longer to find."""
_PLAIN_MIN: Final = 1e-6
_PLAIN_MAX: Final = 1e16
_CONTAINER: Final = 3
"""A list or an object is charged as if it had so many more elements."""
_WORD_BITS: Final = 64
_INTEGER_SHIFT: Final = 9
"""Writing an integer of n bits takes time in proportion to n²: 0.2 ms for 4,000 digits."""
_COMPARED_SHIFT: Final = 4
"""Comparing sixteen characters takes a nanosecond."""


class TooMuchWork(Exception):
    """Too few units are left for the next step."""


class Meter:
    """The units of work that are left, and the weights of values.

    A value's weight is the cost of writing it. A part that occurs twice in a value counts twice but is traversed once.
    Otherwise ``[@,@]|[@,@]|…`` would double the traversal with every six characters.
    """

    __slots__ = ("_weights", "left")

    def __init__(self, left: int) -> None:
        self.left = left
        self._weights: dict[int, tuple[int, object]] = {}

    def spend(self, units: int) -> None:
        """Pay. If fewer units are left, raise `TooMuchWork` and pay nothing."""
        if units > self.left:
            raise TooMuchWork
        self.left -= units

    def weight(self, value: Any) -> int:  # noqa: ANN401 - any value of JSON
        """The cost of writing a value. The first traversal of a list or an object is paid for here."""
        if isinstance(value, str):
            return WEIGHING + (CHARACTER if value.isascii() else WIDE_CHARACTER) * len(value)
        if isinstance(value, list | dict):
            return self._weight(value)
        if isinstance(value, float):
            return _FLOAT if value == 0 or _PLAIN_MIN < abs(value) < _PLAIN_MAX else _ODD_FLOAT
        bits = value.bit_length() if isinstance(value, int) else 0
        return WEIGHING if bits <= _WORD_BITS else WEIGHING + (bits * bits >> _INTEGER_SHIFT)

    def comparison(self, left: Any, right: Any) -> int:  # noqa: ANN401
        """The cost of comparing two values: that of the smaller one if they have the same type, else 0."""
        if isinstance(left, str) and isinstance(right, str):
            return min(len(left), len(right)) >> _COMPARED_SHIFT
        if (isinstance(left, list) and isinstance(right, list)) or (isinstance(left, dict) and isinstance(right, dict)):
            return min(self.weight(left), self.weight(right))
        return 0

    def _weight(self, value: list[Any] | dict[str, Any]) -> int:
        """The weight of a list or object. The value is kept too, so that no other value can get its `id`."""
        known = self._weights.get(id(value))
        if known is not None:
            return known[0]
        parts = value if isinstance(value, list) else [*value, *value.values()]
        self.spend(WEIGHING * (len(parts) + _CONTAINER))
        weight = WEIGHING + sum(map(self.weight, parts))
        self._weights[id(value)] = (weight, value)
        return weight
