"""The packaged template keeps what the code relies on."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib import settings
from chalicelib.composition.deliver import PROBE_LEASE_S
from chalicelib.settings import Settings
from infra.artifact import PackageError, lint
from infra.declaration import FRAGMENTS

if TYPE_CHECKING:
    from pathlib import Path

Template = dict[str, Any]
SOURCES = [
    ("Notify", "NotificationsQueue"),
    ("Notify", "AcceptedQueue"),
    ("Deliver", "DeliveriesQueue"),
    ("DeliverSlow", "SlowDeliveriesQueue"),
    ("Background", "BackgroundQueue"),
]
"""The functions that are invoked with messages, and the queues these are on."""
WORKERS = {name for name, _ in SOURCES}
QUEUES = [queue for _, queue in SOURCES]
DEFAULTS: dict[str, Any] = {each.name: each.default for each in fields(Settings)}
REQUEST_TIMEOUT_MAX_S = 30
FLUSH_S = 5


def _function(template: Template, name: str) -> dict[str, Any]:
    found: dict[str, Any] = template["Resources"][name]["Properties"]
    return found


def _event(template: Template, name: str, queue: str) -> dict[str, Any]:
    """The one event source of a function that reads a queue."""
    properties = [each["Properties"] for each in _function(template, name)["Events"].values()]
    [found] = [each for each in properties if each["Queue"] == {"Fn::Sub": f"${{{queue}.Arn}}"}]
    return dict(found)


def test_a_minute_that_failed_or_is_late_is_not_run_again(template: Template, translated: Path) -> None:
    """The next minute does its work.

    Without this Lambda tries twice more and keeps an event for six hours (AWS::Lambda::EventInvokeConfig), and EventBridge
    tries for a day ("How EventBridge retries delivering events", eventbridge/latest/userguide/eb-rule-retry-policy).
    """
    none_again = {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60}
    assert _function(template, "Schedule")["EventInvokeConfig"] == none_again
    made = json.loads(translated.read_text("utf-8"))["Resources"].values()
    [config] = [each["Properties"] for each in made if each["Type"] == "AWS::Lambda::EventInvokeConfig"]
    [rule] = [each["Properties"] for each in made if each["Type"] == "AWS::Events::Rule"]
    assert none_again.items() <= config.items()
    assert rule["Targets"][0]["RetryPolicy"] == none_again


def test_every_function_of_the_template_is_expected(template: Template) -> None:
    functions = {name for name, each in template["Resources"].items() if each["Type"] == "AWS::Serverless::Function"}
    assert functions == {*WORKERS, "Schedule", "APIHandler"}


def test_the_longest_attempt_ends_well_before_its_function_does(template: Template) -> None:
    for name in ("Deliver", "DeliverSlow"):
        longest_s = DEFAULTS["sending_s"] + REQUEST_TIMEOUT_MAX_S + FLUSH_S
        assert longest_s < _function(template, name)["Timeout"]


def test_a_step_of_any_worker_ends_well_before_its_function_does(template: Template) -> None:
    assert DEFAULTS["purge_s"] + FLUSH_S < _function(template, "Background")["Timeout"]
    assert _function(template, "Notify")["Timeout"] <= DEFAULTS["fan_out_lease_s"]


def test_a_probe_is_over_before_another_one_is_sent() -> None:
    assert PROBE_LEASE_S > REQUEST_TIMEOUT_MAX_S + FLUSH_S


@pytest.mark.parametrize(("name", "queue"), SOURCES)
def test_a_message_stays_hidden_six_times_as_long_as_its_function_may_run_and_its_batch_may_fill(
    template: Template, name: str, queue: str
) -> None:
    """AWS asks for it ("Creating and configuring an Amazon SQS event source mapping", lambda/…/services-sqs-configure)."""
    visibility_s = template["Resources"][queue]["Properties"]["VisibilityTimeout"]
    assert visibility_s >= 6 * _function(template, name)["Timeout"] + _longest_window_s(template, name, queue)


def _longest_window_s(template: Template, name: str, queue: str) -> int:
    """The longest batch window that the parameters allow: there is no arithmetic in a template, so their bounds hold it."""
    window = _event(template, name, queue)["MaximumBatchingWindowInSeconds"]
    longest: int = template["Parameters"][window["Ref"]]["MaxValue"] if isinstance(window, dict) else window
    return longest


@pytest.mark.parametrize("queue", QUEUES)
def test_trouble_has_thirty_receives_before_a_message_is_set_aside(template: Template, queue: str) -> None:
    """AWS asks for 5 at least, so that throttling fills no dead-letter queue (the same page). Poison waits for none."""
    assert template["Resources"][queue]["Properties"]["RedrivePolicy"]["maxReceiveCount"] == 30


def test_the_count_of_receives_is_written_down_once() -> None:
    text = "".join(each.read_text("utf-8") for each in FRAGMENTS.glob("*.json"))
    assert text.count("maxReceiveCount") == 1


@pytest.mark.parametrize(("name", "queue"), SOURCES)
def test_a_worker_reads_its_own_queue_and_may_hand_single_messages_back(template: Template, name: str, queue: str) -> None:
    assert _event(template, name, queue)["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_no_worker_reads_another_queue(template: Template) -> None:
    assert sum(len(_function(template, name)["Events"]) for name in WORKERS) == len(SOURCES)


@pytest.mark.parametrize("queue", QUEUES)
def test_a_queue_has_a_dead_letter_queue_by_the_name_that_poison_is_sent_to(template: Template, queue: str) -> None:
    resources = template["Resources"]
    dead = resources[queue]["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
    name = resources[queue]["Properties"]["QueueName"]["Fn::Sub"]
    assert resources[dead]["Properties"]["QueueName"]["Fn::Sub"] == f"{name}-dead-letters"


def test_every_function_is_told_where_everything_is_and_how_it_is_set(template: Template) -> None:
    told = template["Globals"]["Function"]["Environment"]["Variables"]
    assert set(told) == {each.name.upper() for each in fields(Settings) if "functions" not in each.metadata} | {"LOG_LEVEL"}
    assert set(settings.ENVIRONMENT_OF_LOCATIONS) <= set(told)


def test_a_setting_that_few_functions_use_is_told_to_these_alone(template: Template) -> None:
    for name in (*WORKERS, "Schedule", "APIHandler"):
        told = _function(template, name)["Environment"]["Variables"]
        own = {each.name.upper() for each in fields(Settings) if name in each.metadata.get("functions", ())}
        assert set(told) == (own or {"SECRETS_KEY_ARN"})


def test_functions_that_need_no_secrets_of_webhooks_read_them_without(template: Template) -> None:
    for name in {*WORKERS, "Schedule"} - {"Deliver", "DeliverSlow"}:
        assert _function(template, name)["Environment"]["Variables"]["SECRETS_KEY_ARN"] == settings.WITHHELD


def test_the_layer_with_private_authorities_goes_to_the_functions_that_are_told_of_its_file(template: Template) -> None:
    layered = {name for name, each in template["Resources"].items() if "Layers" in each.get("Properties", {})}
    assert layered == set(Settings.__dataclass_fields__["receiver_ca_file"].metadata["functions"])
    assert template["Parameters"]["ReceiverCaLayerArn"]["Default"] == ""
    for name in layered:
        expected = ["HasReceiverCaLayer", [{"Ref": "ReceiverCaLayerArn"}], {"Ref": "AWS::NoValue"}]
        assert _function(template, name)["Layers"]["Fn::If"] == expected


def test_a_file_of_authorities_without_its_layer_is_refused_before_anything_changes(template: Template) -> None:
    [assertion] = template["Rules"]["ReceiverCaFileNeedsItsLayer"]["Assertions"]
    assert assertion["Assert"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "ReceiverCaLayerArn"}, ""]}]}


def test_a_functions_environment_has_room_in_lambdas_four_kilobytes(template: Template) -> None:
    told = template["Globals"]["Function"]["Environment"]["Variables"]
    defaults = {name: each["Default"] for name, each in template["Parameters"].items()}
    size_bytes = sum(len(name) + len(str(defaults.get(value.get("Ref"), "x" * 120))) for name, value in told.items())
    assert size_bytes < 3_000


def test_a_queue_worker_is_deployed_by_its_own_module(template: Template) -> None:
    assert _function(template, "DeliverSlow")["Handler"] == "chalicelib.workers.deliver.deliver_slow"


def test_the_batch_profile_is_a_parameter(template: Template) -> None:
    assert _event(template, "Deliver", "DeliveriesQueue")["BatchSize"] == {"Ref": "DeliveryBatchSize"}
    assert template["Parameters"]["DeliveryBatchSize"]["Default"] == 10


def test_cloudformation_would_take_the_template_and_what_it_makes_of_it(packaged: Path, translated: Path) -> None:
    lint.check_templates(packaged, translated)


def test_a_template_that_cloudformation_would_not_take_is_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text(
        '{"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"Name": "a"}}}}'
    )
    with pytest.raises(PackageError, match="Name"):
        lint.check_templates(tmp_path / "broken.json")


def test_the_translated_template_needs_no_transform_and_is_told_where_the_code_is(translated: Path) -> None:
    found = json.loads(translated.read_text("utf-8"))
    code = [each["Properties"]["Code"] for each in found["Resources"].values() if each["Type"] == "AWS::Lambda::Function"]
    assert code == [{"S3Bucket": {"Ref": "CodeBucket"}, "S3Key": {"Ref": "CodeKey"}}] * (len(WORKERS) + 2)
    assert "Transform" not in found
    assert {"CodeBucket", "CodeKey"} <= set(found["Parameters"])
