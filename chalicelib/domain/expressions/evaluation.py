"""What an expression makes of a notification, within an allowance.

Anybody may write one, and the notify worker evaluates it beside everybody else's. So it pays for what it does, in units of
work (`chalicelib.domain.expressions.metering`). One expression may spend `EXPRESSION_WORK_MAX` on a notification, and all
filters and transforms of one owner's webhooks share an `Allowance`. Units are counted, not measured: the same expression
costs the same for the same notification each time.
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
"""Bytes of what a transform gives, as JSON: what a queue message has room for."""
_INTEGER_DIGITS_MAX: Final = 4_000
"""Python refuses to write or read longer integers; such a one passes as a floating-point number."""
_FAILURES: Final = (ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError)
"""What the library raises for values that an expression did not expect; its own errors are `ValueError`."""
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_EXPRESSION_SPENT: Final = (
    f"it takes more work than an expression may ({EXPRESSION_WORK_MAX:,} units), or gives more; make it simpler"
)
_Made = TypeVar("_Made")


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


class Allowance:
    """The units of work that the expressions of one owner may spend on one notification.

    What would take more than is left fails. So an owner's webhooks have to be evaluated in the same order each time.
    """

    def __init__(self, work_max: int = OWNER_WORK_MAX) -> None:
        self._work_max = work_max
        self._left = work_max
        self._parsed: set[str] = set()

    @property
    def spent(self) -> int:
        """Units that were spent."""
        return self._work_max - self._left

    @property
    def is_short(self) -> bool:
        """Whether less is left than one expression may spend."""
        return self._left < EXPRESSION_WORK_MAX

    def begin(self, expression: str) -> Meter:
        """Pay for parsing an expression, once; return what its evaluation may spend, or raise `EvaluationFailed`.

        It is paid for although the process may have the parsed expression: what a notification costs does not depend on
        what came before it.
        """
        price = metering.START + (0 if expression in self._parsed else len(expression) * metering.READING)
        if price > self._left:
            raise self.exhausted()
        self._parsed.add(expression)
        self._left -= price
        return Meter(min(self._left, EXPRESSION_WORK_MAX))

    def end(self, meter: Meter) -> None:
        """Take off what an evaluation spent."""
        self._left -= min(self._left, EXPRESSION_WORK_MAX) - meter.left

    def exhausted(self) -> EvaluationFailed:
        """Say that there is too little left."""
        return EvaluationFailed(
            f"the filters and transforms of this owner's webhooks take more work together than one notification allows "
            f"({self._work_max:,} units); make them simpler, or let fewer webhooks hear of it"
        )


def is_wanted(expression: str, document: Document, allowance: Allowance) -> bool:
    """Whether a filter lets a notification through: not for false, null, and what is empty; raise `EvaluationFailed`."""
    return _evaluated(expression, document, allowance, _is_something)


def transformed(expression: str, document: Document, allowance: Allowance) -> str:
    """The JSON that a transform makes of a notification; raise `EvaluationFailed`."""
    return _evaluated(expression, document, allowance, _written)


def _evaluated(expression: str, document: Document, allowance: Allowance, finish: Callable[[Any, Meter], _Made]) -> _Made:
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


def _is_something(result: Any, _: Meter) -> bool:  # noqa: ANN401 - whatever the expression gives
    return not (result is None or result is False or result in ("", [], {}))


def _written(result: Any, meter: Meter) -> str:  # noqa: ANN401 - whatever the expression gives
    if result is None:
        message = "it gave null, which is no body"
        raise EvaluationFailed(message)
    meter.spend(meter.weight(result))
    text = raw_json.carriable(_ENCODER.encode(result))
    size = len(text.encode())
    if size > RESULT_BYTES_MAX:
        message = f"it gave {size} bytes of JSON; {RESULT_BYTES_MAX} are sent"
        raise EvaluationFailed(message)
    return text


def _reason(error: Exception) -> str:
    """Why it failed, without the values: a notification may be long, and a line of a log is no place for it."""
    match error:
        case exceptions.JMESPathTypeError():
            return f"{error.function_name}() was given {error.actual_type}, which it does not take"
        case RecursionError():
            return "it nests too deeply"
        case _:
            return str(error)[:200]


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= _INTEGER_DIGITS_MAX else float(digits)
