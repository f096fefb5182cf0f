"""Evaluates filters and transforms for a notification, within an allowance.

Any user may write an expression, and the notify worker evaluates everybody's. So each expression pays for its work in units
(`chalicelib.domain.expressions.metering`). An expression may spend `EXPRESSION_WORK_MAX` on a notification, and all filters
and transforms of one owner's webhooks share an `Allowance`. Units are counted, not measured: the same expression always
costs the same for the same notification.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

from jmespath import exceptions

from chalicelib.domain.errors import InvalidExpression
from chalicelib.domain.expressions import metering
from chalicelib.domain.expressions.interpreter import Interpreter
from chalicelib.domain.expressions.metering import EXPRESSION_WORK_MAX, OWNER_WORK_MAX, Meter, TooMuchWork
from chalicelib.domain.expressions.syntax import compiled
from chalicelib.domain.payloads import raw_json

if TYPE_CHECKING:
    from collections.abc import Callable

RESULT_BYTES_MAX: Final = 128 * 1024
"""Bytes of a transform's result as JSON: what fits into a queue message."""
_INTEGER_DIGITS_MAX: Final = 4_000
"""Python does not convert longer integers to or from text, so they are read as floating-point numbers."""
_FAILURES: Final = (ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError)
"""What the library raises for values that an expression does not expect. Its own errors are `ValueError`."""
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_EXPRESSION_SPENT: Final = (
    f"it takes more work than one expression may ({EXPRESSION_WORK_MAX:,} units), or its result is too large; simplify it"
)
_Result = TypeVar("_Result")


class EvaluationFailed(Exception):
    """An expression failed for this notification; the message says why."""


@dataclass(frozen=True)
class Document:
    """A notification as expressions see it. Its numbers are Python's `int` and `float`."""

    text: str

    @cached_property
    def value(self) -> Any:  # noqa: ANN401 - any value of JSON
        """The parsed JSON."""
        return json.loads(self.text, parse_int=_whole)


class Allowance:
    """The units of work that the expressions of one owner may spend on one notification.

    An expression that needs more than is left fails. So an owner's webhooks must be evaluated in the same order each time.
    """

    def __init__(self, work_max: int = OWNER_WORK_MAX) -> None:
        self._work_max = work_max
        self._left = work_max
        self._parsed: set[str] = set()

    @property
    def spent(self) -> int:
        """The units spent so far."""
        return self._work_max - self._left

    @property
    def is_short(self) -> bool:
        """Whether fewer units are left than one expression may spend."""
        return self._left < EXPRESSION_WORK_MAX

    def begin(self, expression: str) -> Meter:
        """Pay once for parsing an expression; return the meter for its evaluation, or raise `EvaluationFailed`.

        It is paid for even if the process has the parsed expression cached, so that the cost of a notification does not
        depend on earlier ones.
        """
        price = metering.START + (0 if expression in self._parsed else len(expression) * metering.READING)
        if price > self._left:
            raise self.exhausted()
        self._parsed.add(expression)
        self._left -= price
        return Meter(min(self._left, EXPRESSION_WORK_MAX))

    def end(self, meter: Meter) -> None:
        """Subtract what an evaluation spent."""
        self._left -= min(self._left, EXPRESSION_WORK_MAX) - meter.left

    def exhausted(self) -> EvaluationFailed:
        """The error for too few units left."""
        return EvaluationFailed(
            f"the filters and transforms of this owner's webhooks together take more work than one notification allows "
            f"({self._work_max:,} units); simplify them, or subscribe fewer webhooks to this notification type"
        )


def passes_filter(expression: str, document: Document, allowance: Allowance) -> bool:
    """Whether a filter evaluates to anything but false, null or an empty value; raise `EvaluationFailed`."""
    return _evaluated(expression, document, allowance, _is_truthy)


def transformed(expression: str, document: Document, allowance: Allowance) -> str:
    """The result of a transform for a notification, as JSON; raise `EvaluationFailed`."""
    return _evaluated(expression, document, allowance, _written)


def _evaluated(
    expression: str, document: Document, allowance: Allowance, finish: Callable[[Any, Meter], _Result]
) -> _Result:
    meter = allowance.begin(expression)
    is_short = allowance.is_short
    try:
        return finish(Interpreter(meter).visit(compiled(expression), document.value), meter)
    except TooMuchWork as error:
        raise (allowance.exhausted() if is_short else EvaluationFailed(_EXPRESSION_SPENT)) from error
    except _FAILURES as error:
        raise EvaluationFailed(_reason(error)) from error
    except InvalidExpression as error:
        raise EvaluationFailed(error.message) from error
    finally:
        allowance.end(meter)


def _is_truthy(result: Any, _: Meter) -> bool:  # noqa: ANN401 - any value of JSON
    return not (result is None or result is False or result in ("", [], {}))


def _written(result: Any, meter: Meter) -> str:  # noqa: ANN401 - any value of JSON
    if result is None:
        message = "its result is null, which is not a body"
        raise EvaluationFailed(message)
    meter.spend(meter.weight(result))
    text = raw_json.carriable(_ENCODER.encode(result))
    size = len(text.encode())
    if size > RESULT_BYTES_MAX:
        message = f"its result is {size} bytes of JSON; at most {RESULT_BYTES_MAX} are sent"
        raise EvaluationFailed(message)
    return text


def _reason(error: Exception) -> str:
    """Why it failed, without the notification's values, which may be too long for a log line."""
    match error:
        case exceptions.JMESPathTypeError():
            return f"{error.function_name}() does not accept an argument of type {error.actual_type}"
        case RecursionError():
            return "it is nested too deeply"
        case _:
            return str(error)[:200]


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= _INTEGER_DIGITS_MAX else float(digits)
