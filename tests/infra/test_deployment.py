"""What the programs that deploy work out by themselves; what they do to an account is in `tests/deploy`."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from typing import Any

import boto3
import pytest

from chalicelib.settings import Settings
from infra import destroy, first_key
from infra.declaration import declaration
from infra.deployment import DeploymentError, stack, template
from infra.deployment.account import Account
from infra.deployment.bucket import Bucket
from infra.deployment.change import failure

CODE = "s3://bucket/code.zip"


@pytest.fixture
def declared() -> dict[str, Any]:
    return {
        "Parameters": {"Stage": {}, "LogDays": {}, "HistoryDays": {}},
        "Resources": {
            "Deliver": {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": "./deployment.zip"}},
            "Kept": {
                "Type": "AWS::DynamoDB::Table",
                "DeletionPolicy": "Retain",
                "Properties": {"TableName": {"Fn::Sub": "posthorn-${Stage}-kept"}},
            },
            "Gone": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "posthorn-${Stage}-gone"}}},
        },
    }


def _event(name: str, status: str, reason: str = "") -> dict[str, str]:
    return {
        "LogicalResourceId": name,
        "ResourceType": "AWS::SQS::Queue",
        "ResourceStatus": status,
        "ResourceStatusReason": reason,
    }


def test_functions_take_their_code_from_where_it_was_uploaded(declared: dict[str, Any]) -> None:
    found = json.loads(template.uploaded(declared, "prod", CODE, {}))
    assert found["Resources"]["Deliver"]["Properties"]["CodeUri"] == CODE


def test_what_is_kept_has_its_name_written_out_so_that_it_is_found_again(declared: dict[str, Any]) -> None:
    found = json.loads(template.uploaded(declared, "prod", CODE, {}))["Resources"]
    assert found["Kept"]["Properties"]["TableName"] == "posthorn-prod-kept"
    assert found["Gone"]["Properties"]["QueueName"] == {"Fn::Sub": "posthorn-${Stage}-gone"}


@pytest.mark.parametrize("name", ["posthorn-${Stage}-${AWS::Region}", "posthorn-${AWS::AccountId}", "${Stages}"])
def test_a_name_that_speaks_of_more_than_the_stage_is_left_to_cloudformation(declared: dict[str, Any], name: str) -> None:
    declared["Resources"]["Kept"]["Properties"]["TableName"] = {"Fn::Sub": name}
    found = json.loads(template.uploaded(declared, "prod", CODE, {}))["Resources"]
    assert found["Kept"]["Properties"]["TableName"] == {"Fn::Sub": name}


def test_every_table_that_is_declared_outlives_its_stack_by_a_name_of_its_stage() -> None:
    tables = {name: each for name, each in declaration()["Resources"].items() if each.get("Type") == "AWS::DynamoDB::Table"}
    written = json.loads(template.uploaded({"Resources": tables}, "prod", CODE, {}))["Resources"]
    assert written
    assert all(each["Properties"]["TableName"].startswith("posthorn-prod-") for each in written.values())


@pytest.mark.parametrize(
    ("given", "before", "expected"),
    [
        ([], [], {"Stage": "prod"}),
        (["LogDays=7"], [], {"Stage": "prod", "LogDays": "7"}),
        (["LogDays=7"], ["LogDays", "HistoryDays", "Stage"], {"Stage": "prod", "LogDays": "7", "HistoryDays": "as before"}),
        (["LogDays="], ["LogDays", "Stage"], {"Stage": "prod"}),
        ([], ["Dropped", "Stage"], {"Stage": "prod"}),
        (["LogDays=1", "LogDays=3"], [], {"Stage": "prod", "LogDays": "3"}),
    ],
)
def test_a_parameter_is_what_is_given_or_what_it_was_or_the_templates_own(
    declared: dict[str, Any], given: list[str], before: list[str], expected: dict[str, str]
) -> None:
    found = template.parameters(given, "prod", declared, before)
    assert {each["ParameterKey"]: each.get("ParameterValue", "as before") for each in found} == expected


def test_the_values_are_what_is_given_what_was_and_the_templates_own(declared: dict[str, Any]) -> None:
    declared["Parameters"] |= {"LogDays": {"Default": 30}, "HistoryDays": {"Default": 90}}
    before = {"LogDays": "7", "HistoryDays": "60", "Dropped": "1"}
    handed = template.parameters(["HistoryDays="], "prod", declared, before)
    assert template.values(handed, declared, before) == {"Stage": "prod", "LogDays": "7", "HistoryDays": "90"}


@pytest.mark.parametrize("given", ["LogDays", "=7", "logdays=7", "Nonsense=1", "Stage=other"])
def test_what_is_no_parameter_is_refused(declared: dict[str, Any], given: str) -> None:
    with pytest.raises(DeploymentError):
        template.parameters([given], "prod", declared, [])


def test_the_first_failure_is_one_that_was_not_called_off() -> None:
    events = [
        _event("A", "CREATE_COMPLETE"),
        _event("B", "CREATE_FAILED", "Resource creation cancelled"),
        _event("C", "CREATE_FAILED", "Too long"),
        _event("D", "CREATE_FAILED", "Too late"),
    ]
    found = stack.first_failure(events)
    assert found is not None
    assert found["LogicalResourceId"] == "C"


def test_a_failure_without_any_resources_words_is_told_in_the_stacks() -> None:
    found = {"StackStatus": "UPDATE_ROLLBACK_COMPLETE", "StackStatusReason": "It was stopped."}
    assert failure("posthorn-prod", found, []) == "posthorn-prod is in UPDATE_ROLLBACK_COMPLETE: It was stopped."


def test_the_stack_says_all_that_the_settings_want_to_know() -> None:
    outputs = dict.fromkeys(declaration()["Outputs"], "somewhere")
    wanted = {each.name.upper() for each in fields(Settings) if each.default is MISSING}
    assert set(first_key.environment(outputs)) == wanted


@pytest.mark.parametrize("typed", ["", "Prod", "production", " prod"])
def test_another_name_than_the_stages_removes_nothing(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    monkeypatch.setattr("builtins.input", lambda _: typed)
    with pytest.raises(DeploymentError, match="Nothing was removed"):
        destroy._confirm("prod", None)


def test_the_stages_name_once_typed_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _: "prod")
    destroy._confirm("prod", None)


def test_without_a_region_it_is_said_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    with pytest.raises(DeploymentError, match="AWS_REGION"):
        Account.found()


def test_a_template_is_found_by_the_address_of_the_buckets_region() -> None:
    session = boto3.Session(aws_access_key_id="key", aws_secret_access_key="secret", region_name="eu-central-1")
    url = Bucket(Account("123456789012", "eu-central-1", session)).url("abc.json")
    assert url == "https://s3.eu-central-1.amazonaws.com/posthorn-artifacts-123456789012-eu-central-1/abc.json"
