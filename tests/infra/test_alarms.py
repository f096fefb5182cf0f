"""Trouble of any kind raises an alarm, and no alarm is raised, or waits for data, because there is none."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import pytest

from tests.infra.filters import matches

FUNCTIONS: Final = ("Notify", "Deliver", "DeliverSlow", "Background", "Schedule", "APIHandler")
REPORT: Final[dict[str, Any]] = {
    "time": "2026-03-01T11:00:00.000Z",
    "type": "platform.report",
    "record": {"requestId": "1", "status": "success", "metrics": {"durationMs": 12.0}},
}
"""A line of Lambda's own ("Lambda Telemetry API Event schema reference", lambda/latest/dg/telemetry-schema-reference)."""


def _report(status: str) -> dict[str, Any]:
    return REPORT | {"record": REPORT["record"] | {"status": status}}


TROUBLE: Final = {
    "a function raised": _report("error"),
    "a function ran out of memory": _report("failure"),
    "a function ran out of time": _report("timeout"),
    "AWS refused a request": {"level": "WARNING", "event": "aws.refused"},
    "a message went round too often": {"level": "ERROR", "event": "message.runaway"},
}
NO_TROUBLE: Final = {
    "a function succeeded": REPORT,
    "a function began": {"type": "platform.start", "record": {"requestId": "1"}},
    "an attempt failed": {"event": "delivery.attempted", "outcome": "failed", "record": {"status": "failed"}},
    "a line is no object": [],
}


def _alarms(declared: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = {name: each for name, each in declared["Resources"].items() if each.get("Type") == "AWS::CloudWatch::Alarm"}
    return {name: each["Properties"] for name, each in found.items()}


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("line", TROUBLE.values(), ids=TROUBLE)
def test_trouble_is_counted_in_every_functions_log(declared: dict[str, Any], function: str, line: dict[str, Any]) -> None:
    counted = declared["Resources"][f"{function}Trouble"]["Properties"]
    assert matches(counted["FilterPattern"], line)
    assert counted["LogGroupName"] == {"Ref": f"{function}LogGroup"}
    [metric] = counted["MetricTransformations"]
    alarm = _alarms(declared)["TroubleAlarm"]
    assert (metric["MetricNamespace"], metric["MetricName"]) == (alarm["Namespace"], alarm["MetricName"])


@pytest.mark.parametrize("line", NO_TROUBLE.values(), ids=NO_TROUBLE)
def test_what_is_no_trouble_is_not_counted(declared: dict[str, Any], line: dict[str, Any]) -> None:
    assert not matches(declared["Resources"]["NotifyTrouble"]["Properties"]["FilterPattern"], line)


def test_the_metric_of_trouble_is_paid_for_only_while_there_is_some(declared: dict[str, Any]) -> None:
    """A default value would be a data point, and so an hour that is charged, whenever anything at all is logged."""
    for function in FUNCTIONS:
        [metric] = declared["Resources"][f"{function}Trouble"]["Properties"]["MetricTransformations"]
        assert "DefaultValue" not in metric


def test_no_alarm_is_left_to_missing_data_that_cloudwatch_ignores(declared: dict[str, Any]) -> None:
    """An alarm over AWS/DynamoDB stays as it is without data, whatever it says (PutMetricAlarm, TreatMissingData)."""
    assert "AWS/DynamoDB" not in json.dumps(_alarms(declared))


def test_only_the_schedule_is_missed_when_there_is_no_data(declared: dict[str, Any]) -> None:
    """Queues that rest, an API that nobody calls and a log without trouble have no data, and that is well."""
    treated = {name: each["TreatMissingData"] for name, each in _alarms(declared).items()}
    assert {name for name, each in treated.items() if each != "notBreaching"} == {"ScheduleStoppedAlarm"}
    assert treated["ScheduleStoppedAlarm"] == "breaching"


def test_the_dashboard_shows_the_lines_that_the_alarm_counts(declared: dict[str, Any]) -> None:
    text = declared["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    [query] = [each["properties"]["query"] for each in json.loads(text)["widgets"] if each["type"] == "log"]
    assert re.findall(r"SOURCE '\$\{(\w+)LogGroup\}'", query) == list(FUNCTIONS)
    for word in ("platform.report", "aws.refused", "message.runaway"):
        assert word in query
