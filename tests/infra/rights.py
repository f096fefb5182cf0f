"""What each function's role may do, as the template declares it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Right = tuple[str, str, str]
"""A function, an action, and a resource by its logical id."""

SWITCHED = "Fn::If"
"""Optional policies: tracing, a key, a network."""


def allowed(template: dict[str, Any]) -> Iterator[Right]:
    """Every right that a function has with any parameters."""
    for name, resource in template["Resources"].items():
        if name.endswith("Role") and name != "ApiGatewayLogsRole":
            function = {"ApiHandler": "APIHandler"}.get(name.removesuffix("Role"), name.removesuffix("Role"))
            for statement in statements(resource["Properties"]["Policies"]):
                for action in statement["Action"]:
                    yield from ((function, action, each) for each in _resources(statement["Resource"]))


def switched(template: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """A role, the condition, and the statement that it gets if the condition is met."""
    for name, resource in template["Resources"].items():
        if name.endswith("Role") and name != "ApiGatewayLogsRole":
            for condition, policy, _ in (each[SWITCHED] for each in resource["Properties"]["Policies"] if SWITCHED in each):
                yield from ((name, condition, statement) for statement in policy["PolicyDocument"]["Statement"])


def statements(policies: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """All statements except those of the optional policies."""
    for policy in policies:
        if SWITCHED not in policy:
            yield from policy["PolicyDocument"]["Statement"]


def _resources(given: Any) -> Iterator[str]:  # noqa: ANN401 - one or several, as IAM takes them
    for each in given if isinstance(given, list) else [given]:
        if "Fn::GetAtt" in each:
            yield each["Fn::GetAtt"][0]
        else:
            match = re.fullmatch(r"\$\{(\w+)\.Arn\}(/index/\w+)", each["Fn::Sub"])
            assert match is not None, f"no named resource: {each}"
            yield match[1] + match[2]
