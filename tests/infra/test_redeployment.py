"""A parameter that changes what API Gateway answers brings a new deployment of the API, and no other parameter does."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from infra.artifact.template import translate
from infra.deployment import template as deployment
from infra.deployment.redeployment import mark, parameters_of

if TYPE_CHECKING:
    from pathlib import Path

ANSWERS = ("CorsOrigin", "AllowedCidrs", "DefaultEndpoint", "VpcEndpointIds")


def _values(template: dict[str, Any], **given: str) -> dict[str, str]:
    return {name: str(each["Default"]) for name, each in template["Parameters"].items()} | given


def _deployments(template: dict[str, Any], folder: Path, **given: str) -> set[str]:
    """The deployments that CloudFormation would make, by their logical ids."""
    text = deployment.uploaded(copy.deepcopy(template), "prod", "s3://bucket/code.zip", _values(template, **given))
    (folder / "sam.json").write_bytes(text)
    translate(folder / "sam.json", folder / "cloudformation.json")
    made = json.loads((folder / "cloudformation.json").read_text("utf-8"))["Resources"]
    return {name for name, each in made.items() if each["Type"] == "AWS::ApiGateway::Deployment"}


def test_another_origin_is_another_deployment(template: dict[str, Any], tmp_path: Path) -> None:
    first, again, other = (
        _deployments(template, tmp_path, CorsOrigin=origin)
        for origin in ("https://a.example", "https://a.example", "https://b.example")
    )
    assert len(first) == 1
    assert first == again
    assert first != other


def test_a_parameter_that_the_api_does_not_take_leaves_its_deployment(template: dict[str, Any], tmp_path: Path) -> None:
    assert _deployments(template, tmp_path, HistoryDays="3") == _deployments(template, tmp_path)


@pytest.mark.parametrize("name", ANSWERS)
def test_whatever_changes_an_answer_changes_the_description(template: dict[str, Any], name: str) -> None:
    described = []
    for value in ("one", "other"):
        marked = copy.deepcopy(template)
        mark(marked, _values(template, **{name: value}))
        described.append(marked["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["info"]["description"])
    assert described[0] != described[1]


def test_parameters_are_found_in_references_texts_and_conditions() -> None:
    resource = {
        "One": {"Ref": "A"},
        "Two": {"Fn::Sub": "x${B}y"},
        "Three": {"Fn::If": ["HasC", {"Fn::Sub": ["${D}", {"D": {"Ref": "E"}}]}, {"Ref": "AWS::NoValue"}]},
    }
    conditions = {
        "HasC": {"Fn::And": [{"Condition": "HasF"}, {"Fn::Equals": [{"Ref": "C"}, ""]}]},
        "HasF": {"Fn::Equals": [{"Ref": "F"}, "1"]},
    }
    known = {"Parameters": dict.fromkeys("ABCEFG"), "Conditions": conditions}
    assert parameters_of(resource, known) == set("ABCEF")
