"""What an expression makes of a notification, within an allowance.

Anybody may write one, and the notify worker evaluates it beside everybody else's. So every node that is visited costs, and
every value that a node gives costs what it would take written out. Without that ``[@,@]|[@,@]|…`` would double a
notification with each of its six characters.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from jmespath import exceptions, functions, visitor

from chalicelib.domain import verbatim
from chalicelib.domain.errors import InvalidExpression
from chalicelib.domain.expressions import compiled

if TYPE_CHECKING:
    from jmespath.visitor import _TreeNode as Node

RESULT_BYTES_MAX: Final = 128 * 1024
"""Bytes of what a transform gives, as JSON: what a queue message has room for."""
WORK_MAX: Final = 4_000_000
"""Allowance of one evaluation: a character costs 1, an element `_ELEMENT_WORK`, a visit `_VISIT_WORK`."""
_VISIT_WORK: Final = 400
"""Ten thousand visits: about 25 ms."""
_ELEMENT_WORK: Final = 16
_INTEGER_DIGITS_MAX: Final = 4_000
"""Python refuses to write or read longer integers; such a one passes as a floating-point number."""
_FAILURES: Final = (ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError)
"""What the library raises for values that an expression did not expect; its own errors are `ValueError`."""


class EvaluationFailed(Exception):
    """An expression gave nothing for this notification; the message says why."""


@dataclass(frozen=True)
class Document:
    """A notification as expressions see it; its numbers are numbers of Python (integers whole, the rest as float)."""

    text: str

    @cached_property
    def value(self) -> Any:  # noqa: ANN401 - whatever JSON brought
        """The parsed JSON."""
        return json.loads(self.text, parse_int=_whole)


def is_wanted(expression: str, document: Document) -> bool:
    """Whether a filter lets a notification through: not for false, null, and what is empty; raise `EvaluationFailed`."""
    result = _evaluated(expression, document)
    return not (result is None or result is False or result in ("", [], {}))


def transformed(expression: str, document: Document) -> str:
    """The JSON that a transform makes of a notification; raise `EvaluationFailed`."""
    result = _evaluated(expression, document)
    if result is None:
        message = "it gave null, which is no body"
        raise EvaluationFailed(message)
    try:
        text = verbatim.carriable(json.dumps(result, ensure_ascii=False, separators=(",", ":"), allow_nan=False))
    except _FAILURES as error:
        raise EvaluationFailed(_reason(error)) from error
    size = len(text.encode())
    if size > RESULT_BYTES_MAX:
        message = f"it gave {size} bytes of JSON; {RESULT_BYTES_MAX} are sent"
        raise EvaluationFailed(message)
    return text


def _evaluated(expression: str, document: Document) -> Any:  # noqa: ANN401 - whatever the expression gives
    try:
        return _Interpreter().visit(compiled(expression), document.value)
    except _FAILURES as error:
        raise EvaluationFailed(_reason(error)) from error
    except InvalidExpression as error:
        raise EvaluationFailed(error.message) from error


def _reason(error: Exception) -> str:
    """Why it failed, without the values: a notification may be long, and a line of a log is no place for it."""
    match error:
        case exceptions.JMESPathTypeError():
            return f"{error.function_name}() was given {error.actual_type}, which it does not take"
        case RecursionError():
            return "it nests too deeply"
        case _:
            return str(error)[:200]


class _Functions(functions.Functions):
    """The library's functions; the one whose result is larger than what it is given is guarded."""

    @functions.signature({"types": ["string"]}, {"types": ["array-string"]})
    def _func_join(self, separator: str, array: list[str]) -> str:
        if len(separator) * len(array) > WORK_MAX:
            raise _too_much_work()
        return separator.join(array)


class _Interpreter(visitor.TreeInterpreter):
    """The library's interpreter, with an allowance."""

    def __init__(self) -> None:
        super().__init__(visitor.Options(custom_functions=_Functions()))
        self._left = WORK_MAX
        self._weights: dict[int, int] = {}
        self._weighed: list[Any] = []

    def visit(self, node: Node, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - the library's signature
        """Visit a node, and pay for it and for what it gives."""
        self._spend(_VISIT_WORK)
        result = super().visit(node, *args, **kwargs)
        self._spend(self._weight(result))
        return result

    def visit_comparator(self, node: Node, value: Any) -> Any:  # noqa: ANN401 - the library's signature
        """Null where a word is compared with a number, as the specification asks; the library raises."""
        try:
            return super().visit_comparator(node, value)
        except TypeError:
            return None

    def _spend(self, work: int) -> None:
        self._left -= work
        if self._left < 0:
            raise _too_much_work()

    def _weight(self, value: Any) -> int:  # noqa: ANN401 - any value of JSON
        """What a value takes written out. A part that stands in it twice counts twice, and is looked at once.

        What was weighed is kept until the end, so that no other value gets its address.
        """
        if isinstance(value, str):
            return len(value)
        if not isinstance(value, list | dict):
            return _ELEMENT_WORK
        known = self._weights.get(id(value))
        if known is not None:
            return known
        parts = value if isinstance(value, list) else value.values()
        names = 0 if isinstance(value, list) else sum(map(len, value))
        weight = names + _ELEMENT_WORK * (len(value) + 1) + sum(map(self._weight, parts))
        self._weights[id(value)] = weight
        self._weighed.append(value)
        return weight


def _too_much_work() -> ValueError:
    return ValueError("it takes more work than an expression may, or gives more")


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= _INTEGER_DIGITS_MAX else float(digits)
