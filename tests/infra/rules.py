"""Evaluates the template's `Rules` for some parameters, as CloudFormation does before it changes anything.

"Rules" and "Rule-specific intrinsic functions" (AWSCloudFormation/latest/UserGuide/rules-section-structure and
…/TemplateReference/intrinsic-function-reference-rules). `Fn::If` is documented there, but CloudFormation refuses it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Values = dict[str, str]


def broken(template: Mapping[str, Any], given: Mapping[str, str]) -> list[str]:
    """The violations of the rules by the parameters; empty if there are none."""
    values = {name: str(each["Default"]) for name, each in template["Parameters"].items()} | dict(given)
    return [
        assertion["AssertDescription"]
        for rule in template["Rules"].values()
        if "RuleCondition" not in rule or _worked_out(rule["RuleCondition"], values)
        for assertion in rule["Assertions"]
        if not _worked_out(assertion["Assert"], values)
    ]


_FUNCTIONS: Final[Mapping[str, Callable[..., bool]]] = {
    "Fn::Equals": lambda one, other: one == other,
    "Fn::Contains": lambda several, one: one in several,
    "Fn::And": lambda *each: all(each),
    "Fn::Or": lambda *each: any(each),
    "Fn::Not": lambda one: not one,
}


def _worked_out(node: Any, values: Values) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(node, list):
        return [_worked_out(each, values) for each in node]
    if not isinstance(node, dict):
        return node
    [(function, arguments)] = node.items()
    if function == "Ref":
        return values[arguments]
    return _FUNCTIONS[function](*_worked_out(arguments, values))
