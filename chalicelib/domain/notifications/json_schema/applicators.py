"""Keywords that apply subschemas: to the same value, to an object's members, or to an array's items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from chalicelib.domain.notifications.json_schema.assertions import quoted
from chalicelib.domain.notifications.json_schema.model import PROBLEM_LENGTH_MAX, Evaluated, is_over

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.domain.notifications.json_schema.compiler import Part
    from chalicelib.domain.notifications.json_schema.model import Check, Found, Node, Place, Run

_SHOWN_MAX: Final = PROBLEM_LENGTH_MAX // len("'', ")
"""Names that fit into the message of a violation, whose length is limited."""


# ── To the same value ──────────────────────────────────────────────────────────────────────────────────────────────────


def _reference(part: Part) -> Check:
    reference = part.reference(part.rule.value)
    return reference.holds


def _all_of(part: Part) -> Check:
    parts = part.same_each()

    def check(run: Run, value: Any, place: Place, found: Found, seen: Evaluated | None) -> bool:
        is_met = True
        for each in parts:
            if not each.holds(run, value, place, found, seen):
                is_met = False
                if is_over(found):
                    break
        return is_met

    return check


def _any_of(part: Part) -> Check:
    rule, parts = part.rule, part.same_each()

    def check(run: Run, value: Any, place: Place, found: Found, seen: Evaluated | None) -> bool:
        if seen is None:
            is_met = any(each.holds(run, value, None, None, None) for each in parts)
        else:
            is_met = sum(_tried(each, run, value, seen) for each in parts) > 0  # every subschema may evaluate members
        return is_met or rule.violated(found, place)

    return check


def _one_of(part: Part) -> Check:
    rule, parts = part.rule, part.same_each()

    def check(run: Run, value: Any, place: Place, found: Found, seen: Evaluated | None) -> bool:
        met = 0
        for each in parts:
            met += _tried(each, run, value, seen)
            if met > 1:
                break
        return met == 1 or rule.violated(found, place)

    return check


def _tried(node: Node, run: Run, value: Any, seen: Evaluated | None) -> bool:
    """Whether a value matches a schema. What the schema has evaluated counts only if it does."""
    if seen is None:
        return node.holds(run, value, None, None, None)
    own = Evaluated()
    is_met = node.holds(run, value, None, None, own)
    if is_met:
        seen.add(own, run)
    return is_met


def _not(part: Part) -> Check:
    rule, node = part.rule, part.same()

    def check(run: Run, value: Any, place: Place, found: Found, seen: Evaluated | None) -> bool:
        return not node.holds(run, value, None, None, None) or rule.violated(found, place)

    return check


def _if(part: Part) -> Check | None:
    condition, branches = part.same(), (part.sibling("else"), part.sibling("then"))

    def check(run: Run, value: Any, place: Place, found: Found, seen: Evaluated | None) -> bool:
        branch = branches[_tried(condition, run, value, seen)]
        return branch is None or branch.holds(run, value, place, found, seen)

    return check


def _dependent_schemas(part: Part) -> Check:
    parts = part.same_named()
    part.cost += len(parts) + part.length(parts)

    def check(run: Run, value: Any, place: Place, found: Found, seen: Evaluated | None) -> bool:
        if value.__class__ is not dict:
            return True
        is_met = True
        for name, each in parts.items():
            if name in value and not each.holds(run, value, place, found, seen):
                is_met = False
                if is_over(found):
                    break
        return is_met

    return check


# ── To members ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _properties(part: Part) -> Check:
    parts = part.named()
    part.cost += part.length(parts)

    def check(run: Run, value: Any, place: Place, found: Found, seen: Evaluated | None) -> bool:
        if value.__class__ is not dict:
            return True
        smaller, larger = (parts, value) if len(parts) <= len(value) else (value, parts)
        run.spend(len(smaller))
        is_met = True
        for name in smaller:
            if name in larger:
                if seen is not None:
                    seen.names.add(name)
                if not parts[name].holds(run, value[name], found if found is None else (place, name), found, None):
                    is_met = False
                    if is_over(found):
                        break
        return is_met

    return check


def _pattern_properties(part: Part) -> Check:
    parts = [(part.pattern(text, (*part.path, text)), node) for text, node in part.named().items()]

    def check(run: Run, value: Any, place: Place, found: Found, seen: Evaluated | None) -> bool:
        if value.__class__ is not dict:
            return True
        run.spend(len(value))
        is_met = True
        for matches, node in parts:
            for name, each in value.items():
                if not matches(run, name):
                    continue
                if seen is not None:
                    seen.names.add(name)
                if not node.holds(run, each, found if found is None else (place, name), found, None):
                    is_met = False
                    if is_over(found):
                        return False
        return is_met

    return check


def _additional_properties(part: Part) -> Check:
    node, is_closed = part.other(), part.rule.value is False
    names = part.schema.get("properties", {})
    patterns = [part.pattern(text, part.path) for text in part.schema.get("patternProperties", {})]
    shown = sorted(part.schema["patternProperties"]) if "patternProperties" in part.schema else None

    def check(run: Run, value: Any, place: Place, found: Found, seen: Evaluated | None) -> bool:
        if value.__class__ is not dict:
            return True
        run.spend(len(value))
        extra = [name for name in value if name not in names and not any(matches(run, name) for matches in patterns)]
        if seen is not None:
            seen.names.update(extra)
        if is_closed and extra and found is not None:
            run.spend(4 * len(extra))
            found.append((place, _unexpected(extra, shown)))
        if is_closed:
            return not extra
        is_met = True
        for name in extra:
            if not node.holds(run, value[name], found if found is None else (place, name), found, None):
                is_met = False
                if is_over(found):
                    break
        return is_met

    return check


def _unexpected(extra: list[str], patterns: list[str] | None) -> str:
    names = ", ".join(map(quoted, sorted(extra)[:_SHOWN_MAX]))
    if patterns is None:
        verb = "was" if len(extra) == 1 else "were"
        problem = f"Additional properties are not allowed ({names} {verb} unexpected)"
    else:
        verb = "does" if len(extra) == 1 else "do"
        problem = f"{names} {verb} not match any of the regexes: {', '.join(map(quoted, patterns[:_SHOWN_MAX]))}"
    return problem[:PROBLEM_LENGTH_MAX]


def _property_names(part: Part) -> Check:
    node = part.other()

    def check(run: Run, value: Any, place: Place, found: Found, seen: Evaluated | None) -> bool:
        if value.__class__ is not dict:
            return True
        run.spend(len(value))
        is_met = True
        for name in value:
            if not node.holds(run, name, place, found, None):
                is_met = False
                if is_over(found):
                    break
        return is_met

    return check


def _unevaluated_properties(part: Part) -> Check:
    rule, node = part.rule, part.other()

    def check(run: Run, value: Any, place: Place, found: Found, seen: Evaluated | None) -> bool:
        if value.__class__ is not dict or seen is None:
            return True
        run.spend(len(value))
        is_met = all(node.holds(run, each, None, None, None) for name, each in value.items() if name not in seen.names)
        seen.names.update(value)
        return is_met or rule.violated(found, place)

    return check


# ── To items ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _prefix_items(part: Part) -> Check:
    parts = part.each()

    def check(run: Run, value: Any, place: Place, found: Found, seen: Evaluated | None) -> bool:
        if value.__class__ is not list:
            return True
        if seen is not None:
            seen.until = max(seen.until, len(parts))
        is_met = True
        for index, (each, node) in enumerate(zip(value, parts, strict=False)):
            if not node.holds(run, each, found if found is None else (place, index), found, None):
                is_met = False
                if is_over(found):
                    break
        return is_met

    return check


def _items(part: Part) -> Check:
    rule, node, is_closed = part.rule, part.other(), part.rule.value is False
    first = len(part.schema.get("prefixItems", ()))

    def check(run: Run, value: Any, place: Place, found: Found, seen: Evaluated | None) -> bool:
        if value.__class__ is not list:
            return True
        if is_closed:
            return len(value) <= first or rule.violated(found, place)
        run.spend(len(value))
        if seen is not None:
            seen.until = len(value)
        is_met = True
        for index in range(first, len(value)):
            if not node.holds(run, value[index], found if found is None else (place, index), found, None):
                is_met = False
                if is_over(found):
                    break
        return is_met

    return check


def _contains(part: Part) -> Check:
    rule, node = part.rule, part.other()
    fewest, most = part.schema.get("minContains", 1), part.schema.get("maxContains")
    too_few, too_many = part.named_rule("minContains", fewest), part.named_rule("maxContains", most)

    def check(run: Run, value: Any, place: Place, found: Found, seen: Evaluated | None) -> bool:
        if value.__class__ is not list:
            return True
        run.spend(len(value))
        met = 0
        for index, each in enumerate(value):
            if not node.holds(run, each, None, None, None):
                continue
            met += 1
            if seen is not None:
                seen.indexes.add(index)
            if most is not None and met > most:
                return too_many.violated(found, place)
            if most is None and seen is None and met >= fewest:
                return True
        return met >= fewest or (too_few if met else rule).violated(found, place)

    return check


def _unevaluated_items(part: Part) -> Check:
    rule, node = part.rule, part.other()

    def check(run: Run, value: Any, place: Place, found: Found, seen: Evaluated | None) -> bool:
        if value.__class__ is not list or seen is None:
            return True
        run.spend(len(value))
        others = (index for index in range(seen.until, len(value)) if index not in seen.indexes)
        is_met = all(node.holds(run, value[index], None, None, None) for index in others)
        seen.until = len(value)
        return is_met or rule.violated(found, place)

    return check


RULES: Final[dict[str, Callable[[Part], Check | None]]] = {
    "$ref": _reference,
    "$dynamicRef": _reference,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
    "if": _if,
    "dependentSchemas": _dependent_schemas,
    "properties": _properties,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "propertyNames": _property_names,
    "prefixItems": _prefix_items,
    "items": _items,
    "contains": _contains,
}
LAST: Final[dict[str, Callable[[Part], Check | None]]] = {
    "unevaluatedProperties": _unevaluated_properties,
    "unevaluatedItems": _unevaluated_items,
}
"""Checked after the other keywords of the same schema, in whatever order they were written."""
