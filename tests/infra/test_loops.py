"""Lambda stops a function that its own messages lead back to, unless the function allows it.

AWS counts how often a chain Lambda → SQS → Lambda goes through a function, and refuses about the 17th invocation
("Use Lambda recursive loop detection to prevent infinite loops", docs.aws.amazon.com/lambda/latest/dg/invocation-recursion).
Waiting deliveries, recoveries and purges are such chains by design, so their functions have `RecursiveLoop: Allow`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.infra.rights import allowed

if TYPE_CHECKING:
    from pathlib import Path

Arrows = dict[str, set[str]]
"""A function → the functions that its messages start."""


def _arrows(declared: dict[str, Any]) -> Arrows:
    """Who starts whom, by the queues that a role may send to and the queues that a function reads."""
    readers = {
        event["Properties"]["Queue"]["Fn::Sub"].removeprefix("${").removesuffix(".Arn}"): name
        for name, each in declared["Resources"].items()
        for event in each.get("Properties", {}).get("Events", {}).values()
        if "Queue" in event["Properties"]
    }
    found: Arrows = {}
    for function, action, resource in allowed(declared):
        if action == "sqs:SendMessage" and resource in readers:
            found.setdefault(function, set()).add(readers[resource])
    return found


def _led_back(arrows: Arrows) -> set[str]:
    """The functions that can be reached from themselves."""
    return {each for each in arrows if each in _reached(each, arrows)}


def _reached(start: str, arrows: Arrows) -> set[str]:
    seen, waiting = set[str](), list(arrows.get(start, ()))
    while waiting:
        each = waiting.pop()
        if each not in seen:
            seen.add(each)
            waiting += arrows.get(each, ())
    return seen


def _allowing(functions: dict[str, Any], kind: str) -> set[str]:
    return {
        name
        for name, each in functions.items()
        if each.get("Type", kind) == kind and each.get("Properties", {}).get("RecursiveLoop") == "Allow"
    }


def test_messages_of_these_functions_lead_back_to_them(declared: dict[str, Any]) -> None:
    assert {"Notify", "Deliver", "DeliverSlow"} <= _led_back(_arrows(declared))


def test_every_function_that_its_own_messages_lead_back_to_allows_it(declared: dict[str, Any]) -> None:
    assert _led_back(_arrows(declared)) <= _allowing(declared["Resources"], "AWS::Serverless::Function")


def test_a_function_that_no_queue_starts_keeps_the_protection(declared: dict[str, Any]) -> None:
    """No message leads to the API or the schedule: if one ever loops, it is by mistake, and AWS shall stop it."""
    started = {each for targets in _arrows(declared).values() for each in targets}
    assert _allowing(declared["Resources"], "AWS::Serverless::Function") <= started


def test_the_permission_survives_the_translation(declared: dict[str, Any], translated: Path) -> None:
    resources = json.loads(translated.read_text("utf-8"))["Resources"]
    assert _allowing(resources, "AWS::Lambda::Function") == _allowing(declared["Resources"], "AWS::Serverless::Function")


def test_a_chain_is_found_however_long_it_is() -> None:
    assert _led_back({"A": {"B"}, "B": {"C"}, "C": {"A", "D"}, "D": set()}) == {"A", "B", "C"}
