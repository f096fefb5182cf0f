"""What an operator pays for and is told of is bounded, switchable, and shown."""

from __future__ import annotations

import json
import logging
import re
from typing import Any, Final

import pytest

from chalicelib.adapters.logs import JsonFormatter
from chalicelib.delivery.deliver import ReceivedAttempt
from testbed.fakes.service import FakeAdapters, service_on
from tests.domain.samples import attempt, webhook

WORKERS: Final = ("Notify", "Deliver", "DeliverSlow", "Background")
FUNCTIONS: Final = (*WORKERS, "Schedule", "APIHandler")
QUEUES: Final = ("Notifications", "Accepted", "Deliveries", "SlowDeliveries", "Background")
TABLES: Final = ("WebhooksTable", "HistoryTable", "DirectoryTable", "NotificationsTable")
EXPIRING: Final = TABLES[1:]
"""Webhooks stay until they are deleted."""


def _properties(template: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = template["Resources"][name]["Properties"]
    return found


def _is_on(condition: str, declared: dict[str, Any], parameter: str) -> bool:
    """Whether a condition is met by the parameter's default."""
    return bool(declared["Conditions"][condition]["Fn::Equals"][1] == declared["Parameters"][parameter]["Default"])


@pytest.mark.parametrize(("worker", "source"), [*((each, each) for each in WORKERS), ("Notify", "Accepted")])
def test_an_operator_limits_how_often_a_worker_runs_at_once(declared: dict[str, Any], worker: str, source: str) -> None:
    event = _properties(declared, worker)["Events"][f"{source}SqsEventSource"]
    limit = {"MaximumConcurrency": {"Ref": f"{source}ConcurrencyMax"}}
    assert event["Properties"]["ScalingConfig"] == {"Fn::If": [f"Has{source}Cap", limit, {}]}


def test_only_the_slow_lane_is_limited_unless_an_operator_wants_more(declared: dict[str, Any]) -> None:
    """The slow lane's limit keeps a thousand dead receivers from using up what the fast lane needs.

    Each limit keeps five pollers on a queue that rests, in place of two ("Configuring scaling behavior for SQS event source
    mappings", lambda/latest/dg/services-sqs-scaling).
    """
    limits = {each: declared["Parameters"][f"{each}ConcurrencyMax"]["Default"] for each in (*WORKERS, "Accepted")}
    assert {each: limit for each, limit in limits.items() if limit} == {"DeliverSlow": 50}


def test_every_method_of_the_api_is_throttled(declared: dict[str, Any]) -> None:
    [settings] = _properties(declared, "RestAPI")["MethodSettings"]
    assert (settings["ResourcePath"], settings["HttpMethod"]) == ("/*", "*")
    assert settings["ThrottlingRateLimit"] == {"Ref": "RequestsPerSecondMax"}
    assert settings["ThrottlingBurstLimit"] == {"Ref": "RequestsBurstMax"}


def test_x_ray_traces_everything_or_nothing_and_nothing_by_default(declared: dict[str, Any]) -> None:
    switches = [_properties(declared, each)["Tracing"]["Fn::If"] for each in FUNCTIONS]
    assert switches == [["HasTracing", "Active", "PassThrough"]] * len(FUNCTIONS)
    assert _properties(declared, "RestAPI")["TracingEnabled"] == {"Fn::If": ["HasTracing", True, False]}
    assert not _is_on("HasTracing", declared, "Tracing")


@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_encrypted_by_one_key_or_the_other(declared: dict[str, Any], table: str) -> None:
    condition, own, others = _properties(declared, table)["SSESpecification"]["Fn::If"]
    assert (condition, own["KMSMasterKeyId"]) == ("HasKmsKey", {"Ref": "KmsKeyArn"})
    assert others == {"SSEEnabled": {"Fn::If": ["HasManagedKey", True, False]}}


@pytest.mark.parametrize("table", TABLES)
def test_what_has_its_time_expires(declared: dict[str, Any], table: str) -> None:
    expected = {"AttributeName": "expires_at", "Enabled": True} if table in EXPIRING else None
    assert _properties(declared, table).get("TimeToLiveSpecification") == expected


def test_every_alarm_is_told_to_the_topic_when_it_begins_and_when_it_ends(declared: dict[str, Any]) -> None:
    alarms = [each for each in declared["Resources"].values() if each.get("Type") == "AWS::CloudWatch::Alarm"]
    assert alarms
    for alarm in alarms:
        assert alarm["Condition"] == "HasAlarms"
        assert alarm["Properties"]["AlarmActions"] == alarm["Properties"]["OKActions"] == [{"Ref": "AlarmTopic"}]
    assert _is_on("HasAlarms", declared, "Alarms")


@pytest.mark.parametrize(("status", "counted"), [(200, {"AttemptsMade"}), (500, {"AttemptsMade", "AttemptsFailed"})])
def test_the_failing_share_counts_the_lines_that_the_worker_writes(
    declared: dict[str, Any], caplog: pytest.LogCaptureFixture, status: int, counted: set[str]
) -> None:
    caplog.set_level(logging.INFO)
    world = FakeAdapters()
    world.webhooks.create(webhook(1))
    world.sender.answers[webhook(1).url] = status
    service_on(world).deliver.batch([ReceivedAttempt("m-1", attempt(1), 1)])
    lines = [json.loads(JsonFormatter().format(each)) for each in caplog.records]
    for worker in ("Deliver", "DeliverSlow"):
        filters = {name: _terms(declared, f"{worker}{name}") for name in ("AttemptsMade", "AttemptsFailed")}
        assert {name for name, terms in filters.items() if any(terms.items() <= line.items() for line in lines)} == counted


def _terms(declared: dict[str, Any], name: str) -> dict[str, str]:
    """What a line has to say so that a metric filter counts it."""
    return dict(re.findall(r'\$\.(\w+) = "([^"]+)"', _properties(declared, name)["FilterPattern"]))


def test_only_this_accounts_alarms_and_budget_may_speak_to_the_topic(declared: dict[str, Any]) -> None:
    [statement] = _properties(declared, "AlarmTopicPolicy")["PolicyDocument"]["Statement"]
    assert set(statement["Principal"]["Service"]) == {"cloudwatch.amazonaws.com", "budgets.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_a_budget_is_made_where_one_is_asked_for_and_told_to_the_topic(declared: dict[str, Any]) -> None:
    budget = declared["Resources"]["Budget"]
    told = budget["Properties"]["NotificationsWithSubscribers"]
    assert budget["Condition"] == "HasBudget"
    assert declared["Parameters"]["BudgetUsd"]["Default"] == 0
    assert [each["Notification"]["Threshold"] for each in told] == [80, 100]
    assert {each["Subscribers"][0]["Address"]["Ref"] for each in told} == {"AlarmTopic"}


def test_the_dashboard_shows_every_queue_its_dead_letters_and_every_function(declared: dict[str, Any]) -> None:
    text = _properties(declared, "Dashboard")["DashboardBody"]["Fn::Sub"]
    shown = set(re.findall(r"\$\{([^}]+)\}", text))
    queues = {f"{queue}{kind}.QueueName" for queue in QUEUES for kind in ("Queue", "DeadLetters")}
    assert queues | set(FUNCTIONS) <= shown
    places = [tuple(each[key] for key in ("x", "y", "width", "height")) for each in json.loads(text)["widgets"]]
    assert len(places) == len(set(places))


def test_an_answer_of_the_gateway_itself_may_be_read_by_the_origin_that_the_service_allows(declared: dict[str, Any]) -> None:
    for kind, each in _properties(declared, "RestAPI")["GatewayResponses"].items():
        allowed = each["ResponseParameters"]["Headers"]["Access-Control-Allow-Origin"]["Fn::If"]
        assert allowed[:2] == ["HasCorsOrigin", {"Fn::Sub": "'${CorsOrigin}'"}], kind
