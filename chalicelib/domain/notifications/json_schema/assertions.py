"""Keywords that check a single value. Each function makes the check of one keyword; `RULES` maps the keywords to them.

A check returns ``True`` for values of a type to which the keyword does not apply.
"""

from __future__ import annotations

import operator
from decimal import Context, Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from chalicelib.domain.notifications.json_schema.model import PROBLEM_LENGTH_MAX

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.domain.notifications.json_schema.compiler import Part
    from chalicelib.domain.notifications.json_schema.model import Check, Evaluated, Found, Place, Run

_NUMBERS: Final = frozenset({int, float})
_CLASSES: Final = {
    "array": (list,),
    "boolean": (bool,),
    "integer": (int,),
    "null": (type(None),),
    "number": (int, float),
    "object": (dict,),
    "string": (str,),
}
_EXACT: Final = Context(prec=6_000, traps=[])
"""Enough digits for every integer that Python parses (4,300), and for quotients of floats (640)."""


def _type(part: Part) -> Check:
    rule = part.rule
    names = [rule.value] if isinstance(rule.value, str) else rule.value
    classes = frozenset(each for name in names for each in _CLASSES[name])
    has_whole = "integer" in names

    def check(run: Run, value: Any, place: Place, found: Found, seen: Evaluated | None) -> bool:
        kind = value.__class__
        if kind in classes or (has_whole and kind is float and value.is_integer()):
            return True
        return rule.violated(found, place)

    return check


def _enum(part: Part) -> Check:
    return _one_of(part, part.rule.value)


def _const(part: Part) -> Check:
    return _one_of(part, [part.rule.value])


def _one_of(part: Part, values: list[Any]) -> Check:
    rule = part.rule
    keys = frozenset(part.key(each) for each in values)
    has_nested = any(isinstance(each, dict | list) for each in values)
    part.cost += part.length(each for each in values if isinstance(each, str))

    def check(run: Run, value: Any, place: Place, found: Found, seen: Evaluated | None) -> bool:
        is_nested = value.__class__ is dict or value.__class__ is list
        if (has_nested or not is_nested) and run.values.key(value, run) in keys:
            return True
        return rule.violated(found, place)

    return check


def _compared(is_violated: Callable[[Any, Any], bool]) -> Callable[[Part], Check]:
    def make(part: Part) -> Check:
        rule, limit = part.rule, part.rule.value

        def check(run: Run, value: Any, place: Place, found: Found, seen: Evaluated | None) -> bool:
            if value.__class__ in _NUMBERS and is_violated(value, limit):
                return rule.violated(found, place)
            return True

        return check

    return make


def _multiple_of(part: Part) -> Check:
    rule, divisor = part.rule, part.rule.value
    exact, bits = Decimal(repr(divisor)), int(divisor).bit_length()

    def check(run: Run, value: Any, place: Place, found: Found, seen: Evaluated | None) -> bool:
        kind = value.__class__
        if kind not in _NUMBERS:
            return True
        if kind is int and divisor.__class__ is int:
            run.spend(value.bit_length() * bits >> 14)
            is_multiple = value % divisor == 0
        else:
            run.spend(8 if kind is float else 8 + (value.bit_length() >> 3))
            is_multiple = (kind is int or isfinite(value)) and not _EXACT.remainder(Decimal(repr(value)), exact)
        return is_multiple or rule.violated(found, place)

    return check


def _sized(kind: type[dict[str, Any] | list[Any] | str], is_violated: Callable[[Any, Any], bool]) -> Callable[[Part], Check]:
    def make(part: Part) -> Check:
        rule, limit = part.rule, part.rule.value

        def check(run: Run, value: Any, place: Place, found: Found, seen: Evaluated | None) -> bool:
            if value.__class__ is kind and is_violated(len(value), limit):
                return rule.violated(found, place)
            return True

        return check

    return make


def _pattern(part: Part) -> Check:
    rule, matches = part.rule, part.pattern(part.rule.value, part.path)

    def check(run: Run, value: Any, place: Place, found: Found, seen: Evaluated | None) -> bool:
        if value.__class__ is str and not matches(run, value):
            return rule.violated(found, place)
        return True

    return check


def _unique_items(part: Part) -> Check | None:
    rule = part.rule
    if not rule.value:
        return None

    def check(run: Run, value: Any, place: Place, found: Found, seen: Evaluated | None) -> bool:
        if value.__class__ is list and len({run.values.key(each, run) for each in value}) < len(value):
            return rule.violated(found, place)
        return True

    return check


def _required(part: Part) -> Check:
    names = part.rule.value
    part.cost += len(names) + part.length(names)

    def check(run: Run, value: Any, place: Place, found: Found, seen: Evaluated | None) -> bool:
        if value.__class__ is not dict:
            return True
        missing = [name for name in names if name not in value]
        if found is not None:
            found += [(place, f"{quoted(name)} is a required property"[:PROBLEM_LENGTH_MAX]) for name in missing]
        return not missing

    return check


def _dependent_required(part: Part) -> Check:
    dependencies = part.rule.value
    part.cost += sum(1 + len(names) + part.length([name, *names]) for name, names in dependencies.items())

    def check(run: Run, value: Any, place: Place, found: Found, seen: Evaluated | None) -> bool:
        if value.__class__ is not dict:
            return True
        missing = [
            (each, name) for name, names in dependencies.items() if name in value for each in names if each not in value
        ]
        if found is not None:
            found += [
                (place, f"{quoted(each)} is a dependency of {quoted(name)}"[:PROBLEM_LENGTH_MAX]) for each, name in missing
            ]
        return not missing

    return check


def quoted(name: str) -> str:
    """A member's name, quoted and shortened for a message."""
    return repr(name[:PROBLEM_LENGTH_MAX])


RULES: Final[dict[str, Callable[[Part], Check | None]]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "minimum": _compared(operator.lt),
    "maximum": _compared(operator.gt),
    "exclusiveMinimum": _compared(operator.le),
    "exclusiveMaximum": _compared(operator.ge),
    "multipleOf": _multiple_of,
    "minLength": _sized(str, operator.lt),
    "maxLength": _sized(str, operator.gt),
    "minItems": _sized(list, operator.lt),
    "maxItems": _sized(list, operator.gt),
    "minProperties": _sized(dict, operator.lt),
    "maxProperties": _sized(dict, operator.gt),
    "pattern": _pattern,
    "uniqueItems": _unique_items,
    "required": _required,
    "dependentRequired": _dependent_required,
}
