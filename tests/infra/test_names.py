"""What one stage makes is never called what another stage makes."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from infra.declaration import declaration
from infra.deployment import DeploymentError
from infra.deployment.names import check_name

if TYPE_CHECKING:
    from collections.abc import Iterator

JOINED = re.compile(r"^(?P<before>.*)\$\{Stage\}(?P<after>.*)$")


def _joined_names() -> Iterator[tuple[str, str, str]]:
    """A kind of resource with what is before the stage in its name, what is after it, and the resource."""
    for name, resource in declaration()["Resources"].items():
        for key, value in resource.get("Properties", {}).items():
            if key.endswith("Name") and (found := JOINED.fullmatch(_text(value))):
                yield f"{resource.get('Type')} {found['before']}", found["after"], name


def _text(value: Any) -> str:  # noqa: ANN401 - any JSON value
    match value:
        case {"Fn::Sub": [str(text), {"Name": str(name)}]}:
            return text.replace("${Name}", name)
        case {"Fn::Sub": str(text)}:
            return text
    return ""


def _endings() -> set[str]:
    """The ends of a stage's name with which it would make what the stage without that end makes."""
    return {
        one.removesuffix(other)
        for kind, one, _ in _joined_names()
        for another, other, _ in _joined_names()
        if kind == another and one != other and one.endswith(other)
    }


def test_the_names_of_queues_tables_logs_and_alarms_are_looked_at() -> None:
    kinds = {kind.partition(" ")[0] for kind, *_ in _joined_names()}
    assert {"AWS::SQS::Queue", "AWS::DynamoDB::Table", "AWS::Logs::LogGroup", "AWS::CloudWatch::Alarm"} <= kinds


def test_a_stage_may_not_end_as_the_name_of_a_resource_begins() -> None:
    assert _endings() == {"-slow"}
    for ending in _endings():
        with pytest.raises(DeploymentError, match="not a valid name of a stage"):
            check_name(f"a{ending}")


@pytest.mark.parametrize("name", ["a", "prod", "prod-eu", "slow", "a-slowly", "x" * 20])
def test_other_names_are_taken(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize("name", ["", "A", "1a", "a_b", "a.b", "x" * 21, "prod-slow"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(DeploymentError):
        check_name(name)


def test_no_two_stages_that_are_taken_want_one_name() -> None:
    stages = [
        each for each in ("a", "a-b", "a-slow", "a-dead", "a-dead-letters", "a-notifications") if not each.endswith("-slow")
    ]
    made = sorted((kind, stage + after, stage) for stage in stages for kind, after, _ in _joined_names())
    assert [pair for pair in pairwise(made) if pair[0][:2] == pair[1][:2] and pair[0][2] != pair[1][2]] == []
