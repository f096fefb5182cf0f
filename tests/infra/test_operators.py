"""What an operator relies on: every part is watched, named for its stage, and set by a parameter that says what it does."""

from __future__ import annotations

import json
import re
from dataclasses import MISSING, fields
from typing import Any, Final

import pytest

from app import app
from chalicelib.settings import Settings
from infra import settings
from infra.declaration import DeclarationError, merged, worked_out

NAMES: Final = ("TableName", "QueueName", "TopicName", "LogGroupName", "DashboardName", "AlarmName", "BudgetName")
NAMED: Final = frozenset({
    "AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::Logs::LogGroup", "AWS::CloudWatch::Alarm",
})  # fmt: skip
QUEUES: Final = ("Notifications", "Accepted", "Deliveries", "SlowDeliveries", "Background")
FUNCTIONS: Final = ("Notify", "Deliver", "DeliverSlow", "Background", "Schedule", "APIHandler")


def _properties(declared: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = declared["Resources"][name]["Properties"]
    return found


def test_what_two_stages_make_has_different_names(declared: dict[str, Any]) -> None:
    named = [
        (name, json.dumps(each["Properties"].get(key)))
        for name, each in declared["Resources"].items()
        for key in NAMES
        if key in each.get("Properties", {}) and each.get("Type") in NAMED
    ]
    assert len(named) > len(QUEUES) * 2
    assert [name for name, given in named if "${Stage}" not in given] == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_writes_json_to_a_log_of_its_own_that_is_not_kept_for_ever(
    declared: dict[str, Any], function: str
) -> None:
    assert _properties(declared, function)["LoggingConfig"] == {
        "LogFormat": "JSON",
        "LogGroup": {"Ref": f"{function}LogGroup"},
    }
    assert _properties(declared, f"{function}LogGroup")["RetentionInDays"] == {"Ref": "LogDays"}


@pytest.mark.parametrize("queue", QUEUES)
def test_a_queue_and_its_dead_letters_are_watched(declared: dict[str, Any], queue: str) -> None:
    dead, age = _properties(declared, f"{queue}DeadLettersAlarm"), _properties(declared, f"{queue}AgeAlarm")
    assert (dead["Threshold"], dead["ComparisonOperator"]) == (0, "GreaterThanThreshold")
    assert age["Threshold"] == {"Ref": f"{queue}AgeMaxS"}


@pytest.mark.parametrize("queue", QUEUES)
def test_a_queue_is_encrypted_and_refuses_plain_http(declared: dict[str, Any], queue: str) -> None:
    for name in (f"{queue}Queue", f"{queue}DeadLetters"):
        assert _properties(declared, name)["SqsManagedSseEnabled"] == {"Fn::If": ["HasKmsKey", False, True]}
        [refused, *_] = _properties(declared, f"{name}Policy")["PolicyDocument"]["Statement"]
        assert (refused["Effect"], refused["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_only_named_principals_may_send_notifications(declared: dict[str, Any]) -> None:
    _, *given = _properties(declared, "NotificationsQueuePolicy")["PolicyDocument"]["Statement"]
    statements = [each["Fn::If"][1] for each in given]
    assert [each["Fn::If"][0] for each in given] == ["HasSenders", "HasRules", "HasTopics"]
    assert [each for each in statements if each["Principal"] == "*"] == []
    services = [each for each in statements if "Service" in each["Principal"]]
    assert all("aws:SourceArn" in each["Condition"]["ArnEquals"] for each in services)


@pytest.mark.parametrize("table", ["WebhooksTable", "HistoryTable", "DirectoryTable", "NotificationsTable"])
def test_a_table_outlives_its_stack_and_can_be_restored(declared: dict[str, Any], table: str) -> None:
    assert declared["Resources"][table]["DeletionPolicy"] == declared["Resources"][table]["UpdateReplacePolicy"] == "Retain"
    assert _properties(declared, table)["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert _properties(declared, table)["BillingMode"] == "PAY_PER_REQUEST"


def test_every_parameter_says_what_it_does_has_a_default_and_is_used(declared: dict[str, Any]) -> None:
    text = json.dumps({key: value for key, value in declared.items() if key != "Parameters"})
    for name, each in declared["Parameters"].items():
        assert each["Description"], name
        assert "Default" in each, name
        assert f'{{"Ref": "{name}"}}' in text or f"${{{name}}}" in text, f"{name} is not used"
    assert len(declared["Parameters"]) <= 200


def test_every_setting_is_a_parameter_with_its_default(declared: dict[str, Any]) -> None:
    for each in fields(Settings):
        if each.default is not MISSING and each.name not in settings.OF_THE_TEMPLATE:
            parameter = declared["Parameters"][settings.parameter_of(each.name)]
            assert parameter["Description"] == f"{each.name.upper()}: {each.metadata['doc']}"


def test_every_path_of_the_api_answers_methods_that_it_does_not_have(declared: dict[str, Any]) -> None:
    paths = _properties(declared, "RestAPI")["DefinitionBody"]["paths"]
    assert set(paths) == {*app.routes, "/{proxy+}"}


def test_the_gateways_own_refusals_are_in_the_services_shape(declared: dict[str, Any]) -> None:
    responses = _properties(declared, "RestAPI")["GatewayResponses"]
    for kind, each in responses.items():
        error = json.loads(re.sub(r"\$context\.\w+", "x", each["ResponseTemplates"]["application/json"]))["error"]
        assert set(error) == {"code", "message"}, kind
    assert responses["MISSING_AUTHENTICATION_TOKEN"]["StatusCode"] == "404"
    assert responses["REQUEST_TOO_LARGE"]["StatusCode"] == "413"
    assert responses["UNSUPPORTED_MEDIA_TYPE"]["StatusCode"] == "415", "what API Gateway says to a coding it does not know"
    assert responses["THROTTLED"]["StatusCode"] == "429"


def test_the_access_log_has_no_query_and_no_header(declared: dict[str, Any]) -> None:
    kept = json.dumps(_properties(declared, "RestAPI")["AccessLogSetting"])
    assert not re.search(r"querystring|\$input|header|authorizer|identity\.(?!sourceIp)|context\.path\b", kept)


def test_two_files_that_disagree_are_refused() -> None:
    with pytest.raises(DeclarationError, match="/Resources/Queue/Type"):
        merged({"Resources": {"Queue": {"Type": "a"}}}, {"Resources": {"Queue": {"Type": "b"}}})


def test_what_is_repeated_is_written_out() -> None:
    given = {"Fn::ForEach::Tables": ["Table", ["A", "B"], {"${Table}Name": {"Value": {"Ref": "${Table}"}}}]}
    assert worked_out(given) == {"AName": {"Value": {"Ref": "A"}}, "BName": {"Value": {"Ref": "B"}}}
