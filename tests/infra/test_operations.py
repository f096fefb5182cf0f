"""What operators read is what is deployed: alarms, parameters, the Terraform example."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import hcl2
import pytest

from infra.declaration import FRAGMENTS, declaration
from tests.docs.markdown import ROOT, table_below

if TYPE_CHECKING:
    from pathlib import Path

PAGE: Final = ROOT / "docs" / "operations.md"
TERRAFORM: Final = ROOT / "docs" / "examples" / "terraform" / "main.tf"


def test_every_alarm_is_explained_and_none_that_is_not_there() -> None:
    explained = [row[0].strip("`") for row in table_below(PAGE, "alarm |")]
    alarms = [name for name, each in declaration()["Resources"].items() if each.get("Type") == "AWS::CloudWatch::Alarm"]
    for alarm in alarms:
        assert any(alarm.endswith(each.removeprefix("…")) for each in explained), alarm
    for each in explained:
        assert any(alarm.endswith(each.removeprefix("…")) for alarm in alarms), each


def test_every_parameter_of_an_operators_is_listed_with_its_default() -> None:
    declared = json.loads((FRAGMENTS / "parameters.json").read_text("utf-8"))["Parameters"]
    listed = {row[0].strip("`"): (row[1].strip("`"), row[2]) for row in table_below(PAGE, "parameter |")}
    expected = {
        name: (str(each["Default"]) if each["Default"] != "" else "*empty*", each["Description"])
        for name, each in declared.items()
        if name != "Stage"
    }
    assert listed == expected


@pytest.fixture(scope="module")
def terraform() -> dict[str, Any]:
    with TERRAFORM.open(encoding="utf-8") as file:
        found: dict[str, Any] = hcl2.load(file)
    return found


def test_terraform_names_outputs_that_the_stack_has(terraform: dict[str, Any], template: dict[str, Any]) -> None:
    named = set(re.findall(r'outputs\["(\w+)"\]', TERRAFORM.read_text("utf-8")))
    assert len(named) == len(terraform["output"])
    assert named <= set(template["Outputs"])


def test_terraform_gives_the_stage_as_the_parameter_that_names_it(terraform: dict[str, Any]) -> None:
    assert "Stage = var.stage" in TERRAFORM.read_text("utf-8")
    assert "Stage" in declaration()["Parameters"]
    assert {name.strip('"') for each in terraform["variable"] for name in each} == {"stage", "package", "parameters"}


def test_terraform_finds_the_code_where_the_packaged_template_has_it(packaged: Path) -> None:
    text = packaged.read_text("utf-8")
    functions = [each for each in json.loads(text)["Resources"].values() if each["Type"] == "AWS::Serverless::Function"]
    assert text.count('"./deployment.zip"') == len(functions) > 0
