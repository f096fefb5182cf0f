"""The JMESPath interpreter of the library, with a meter: every step that takes time is paid for before it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from jmespath import exceptions, functions, visitor

from chalicelib.domain.expressions import metering

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from jmespath.visitor import _TreeNode as Node

    from chalicelib.domain.expressions.metering import Meter

_COMPARISON: Final = 600
_CALL: Final = 1_500
_MAPPED: Final = 300
"""For each element for which an expression is called, in addition to the expression's own cost."""
_KEYED: Final = 700
"""The same, if its result is checked and compared too."""
_SUMMED: Final = 250
"""For each element that is summed: integers may have thousands of digits."""
_SORTED: Final = 20
"""For each element, times the logarithm of their number."""
_MERGED: Final = 100
_FOUND: Final = 60
"""For each element with which a value is compared."""
_JOINED: Final = 4
"""For each character that is copied into a new string, which may take four bytes for each."""
_DIGITS_MAX: Final = 4_300
"""Python does not parse integers with more digits."""
_DIGITS_SHIFT: Final = 7
_SHORT: Final = 100
_LONG: Final = 30_000
"""To find a text of less than 100 characters in one of less than 30,000, Python tries each position."""
_EQUALITIES: Final = ("eq", "ne")


class Interpreter(visitor.TreeInterpreter):
    """Evaluates one expression; raises `TooMuchWork` if the meter has too few units left."""

    def __init__(self, meter: Meter) -> None:
        super().__init__(visitor.Options(custom_functions=_Functions(meter)))
        self._meter = meter

    def visit(self, node: Node, *args: Any, **_: Any) -> Any:  # noqa: ANN401 - the library's signature
        """Pay for a node and evaluate it."""
        meter = self._meter
        meter.left -= metering.VISIT
        if meter.left < 0:
            meter.left = 0
            raise metering.TooMuchWork
        return _VISITS[node["type"]](self, node, args[0])

    def visit_field(self, node: Node, value: Any) -> Any:  # noqa: ANN401 - the library's signature
        """A member of an object. The library catches an exception if it is absent, which is slower."""
        return value.get(node["value"]) if isinstance(value, dict) else None

    def visit_comparator(self, node: Node, value: Any) -> Any:  # noqa: ANN401 - the library's signature
        """Null if a string is compared with a number, as the specification requires. The library raises."""
        children, comparison = node["children"], cast("str", node["value"])
        left, right = self.visit(children[0], value), self.visit(children[1], value)
        self._meter.spend(_COMPARISON + self._meter.comparison(left, right))
        if comparison not in _EQUALITIES and not (_is_ordered(left) and _is_ordered(right)):
            return None
        try:
            return self.COMPARATOR_FUNC[comparison](left, right)
        except TypeError:
            return None

    def visit_flatten(self, node: Node, value: Any) -> Any:  # noqa: ANN401 - the library's signature
        """A list with one level of nested lists removed."""
        base = self.visit(node["children"][0], value)
        if not isinstance(base, list):
            return None
        self._meter.spend(len(base) * metering.WEIGHING)
        flat: list[Any] = []
        for element in base:
            if isinstance(element, list):
                self._meter.spend(len(element) * metering.ELEMENT)
                flat.extend(element)
            else:
                flat.append(element)
        return flat

    def visit_slice(self, node: Node, value: Any) -> Any:  # noqa: ANN401 - the library's signature
        """A slice of a list."""
        if isinstance(value, list):
            self._meter.spend(len(value) * metering.ELEMENT)
        return super().visit_slice(node, value)


_VISITS: Final[Mapping[str, Callable[[Interpreter, Any, Any], Any]]] = {
    name.removeprefix("visit_"): getattr(Interpreter, name) for name in dir(Interpreter) if name.startswith("visit_")
}


def _is_ordered(value: object) -> bool:
    return isinstance(value, int | float | str) and not isinstance(value, bool)


class _Functions(functions.Functions):
    """The library's functions, with their prices."""

    def __init__(self, meter: Meter) -> None:
        super().__init__()
        self._meter = meter

    def call_function(self, function_name: str, resolved_args: Iterable[Any]) -> Any:  # noqa: ANN401 - the library's signature
        """Check the arguments and call the function. Both are paid for first."""
        arguments, known = list(resolved_args), self.FUNCTION_TABLE.get(function_name)
        if known is None:
            message = f"there is no function {function_name}()"
            raise exceptions.UnknownFunctionError(message)
        checked = sum(len(each) for each in arguments if isinstance(each, list)) if function_name in _CHECKED else 0
        self._meter.spend(_CALL + checked * metering.WEIGHING)
        self._validate_arguments(arguments, known["signature"], function_name)  # type: ignore[attr-defined]  # not in the stubs
        price = _PRICES.get(function_name)
        if price is not None:
            self._meter.spend(price(self._meter, *arguments))
        return known["function"](self, *arguments)

    def _create_key_func(self, *args: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - the library's signature
        """The key function by which elements are compared. Each key is paid for by its length."""
        key_of = super()._create_key_func(*args)  # type: ignore[misc]  # not in the stubs

        def key(element: Any) -> Any:  # noqa: ANN401 - any value of JSON
            found = key_of(element)
            self._meter.spend(len(found) if isinstance(found, str) else 0)
            return found

        return key


def _characters(array: list[Any]) -> int:
    return sum(map(len, array)) if array and isinstance(array[0], str) else 0


def _levels(array: list[Any]) -> int:
    return len(array).bit_length()


def _contains(meter: Meter, subject: str | list[Any], search: Any) -> int:  # noqa: ANN401 - any value of JSON
    if isinstance(subject, str):
        if not isinstance(search, str):
            return 0
        is_tried = len(search) < _SHORT and len(subject) < _LONG
        return len(subject) * (_JOINED + (len(search) * 3 // 8 if is_tried else 0))
    if isinstance(search, list | dict):
        return len(subject) * _FOUND + min(meter.weight(subject), len(subject) * meter.weight(search))
    return len(subject) * (_FOUND + (len(search) // 16 if isinstance(search, str) else 0))


def _read(_: Meter, value: Any) -> int:  # noqa: ANN401 - any value of JSON
    if not isinstance(value, str):
        return 0
    return 2 * len(value) + (min(len(value), _DIGITS_MAX) ** 2 >> _DIGITS_SHIFT)


def _sorting(array: list[Any]) -> int:
    return len(array) * _levels(array) * _SORTED + _characters(array)


_CHECKED: Final = frozenset({"avg", "join", "max", "min", "sort", "sum"})
"""Functions that check the type of each element first."""
_PRICES: Final[Mapping[str, Callable[..., int]]] = {
    "avg": lambda _, array: len(array) * _SUMMED,
    "contains": _contains,
    "ends_with": lambda meter, text, end: meter.comparison(text, end),
    "join": lambda _, between, array: _JOINED * (_characters(array) + len(between) * len(array)) + len(array) * _FOUND,
    "keys": lambda _, value: len(value) * metering.ELEMENT,
    "map": lambda _, __, array: len(array) * _MAPPED,
    "max": lambda _, array: len(array) * _FOUND + _characters(array),
    "max_by": lambda _, array, __: len(array) * _KEYED,
    "merge": lambda _, *values: sum(map(len, values)) * _MERGED,
    "min": lambda _, array: len(array) * _FOUND + _characters(array),
    "min_by": lambda _, array, __: len(array) * _KEYED,
    "reverse": lambda _, value: len(value) * (_JOINED if isinstance(value, str) else metering.ELEMENT),
    "sort": lambda _, array: _sorting(array),
    "sort_by": lambda _, array, __: len(array) * (_KEYED + _levels(array) * _SORTED),
    "starts_with": lambda meter, text, start: meter.comparison(text, start),
    "sum": lambda _, array: len(array) * _SUMMED,
    "to_number": _read,
    "to_string": lambda meter, value: 0 if isinstance(value, str) else meter.weight(value),
    "values": lambda _, value: len(value) * metering.ELEMENT,
}
"""The price of a call by its arguments, for functions whose price depends on them."""
