"""What operators read is what is deployed: alarms, parameters, the Terraform example."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import hcl2
import pytest

from infra.declaration import FRAGMENTS, declaration
from tests.docs.markdown import ROOT, table_below
from tests.infra import bill, idle

if TYPE_CHECKING:
    from pathlib import Path

PAGE: Final = ROOT / "docs" / "operate" / "operations.md"
TERRAFORM: Final = ROOT / "docs" / "examples" / "terraform" / "main.tf"


def test_every_alarm_is_explained_and_none_that_is_not_there() -> None:
    explained = [row[0].strip("`") for row in table_below(PAGE, "alarm |")]
    alarms = [name for name, each in declaration()["Resources"].items() if each.get("Type") == "AWS::CloudWatch::Alarm"]
    for alarm in alarms:
        assert any(alarm.endswith(each.removeprefix("…")) for each in explained), alarm
    for each in explained:
        assert any(alarm.endswith(each.removeprefix("…")) for alarm in alarms), each


@pytest.fixture(scope="module")
def queries() -> int:
    """The schedule's requests of a minute in which nothing is due, in a fresh process: it runs on moto."""
    command = [sys.executable, "-c", "from tests.infra import idle; print(idle.queries())"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_the_page_has_what_a_stage_costs_while_nothing_happens(queries: int) -> None:
    assert idle.table(declaration(), queries) in PAGE.read_text("utf-8"), "python -m tests.infra.idle prints the table"


def test_a_stage_costs_two_dollars_thirty_a_month_at_most_while_nothing_happens(queries: int) -> None:
    assert idle.lines(declaration(), queries)[-1].dollars <= 2.3


def test_the_page_has_what_a_million_deliveries_cost_from_quiet_to_busy() -> None:
    assert bill.table() in PAGE.read_text("utf-8"), "python -m tests.infra.bill prints the table"


def test_every_parameter_of_an_operators_is_listed_with_its_default() -> None:
    fragments = [json.loads(path.read_text("utf-8")) for path in FRAGMENTS.glob("*.json")]
    declared = {name: each for fragment in fragments for name, each in fragment.get("Parameters", {}).items()}
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


def test_terraform_gives_every_parameter_that_has_no_default(translated: Path) -> None:
    given = set(re.findall(r"^    ([A-Z]\w+) += ", TERRAFORM.read_text("utf-8"), re.MULTILINE))
    declared = json.loads(translated.read_text("utf-8"))["Parameters"]
    assert given == {name for name, each in declared.items() if "Default" not in each} | {"Stage"}
