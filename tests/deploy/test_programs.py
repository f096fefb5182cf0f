"""What an operator sees of `make deploy`, `make first-key` and `make destroy`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from local.receiver import Receiver
from tests.deploy.conftest import deployed
from tests.deploy.stage import Stage, notification

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.deploy.emulator import Emulator

BUCKET = "posthorn-artifacts-000000000000-us-east-1"


def test_a_deployment_that_changes_nothing_succeeds_and_says_so(stage: Stage, packaged: Path) -> None:
    done = stage.deploy(packaged)
    assert (done.status, "There is nothing to change." in done.said) == (0, True), done.said
    assert "uploaded" not in done.said


def test_at_the_end_stands_where_everything_is(stage: Stage, packaged: Path) -> None:
    said, outputs = stage.deploy(packaged).said, stage.outputs
    for name in ("EndpointURL", "ConsoleURL", "NotificationsQueueURL", "AlarmTopicArn"):
        assert f"  {outputs[name]}\n" in said
    assert "make first-key STAGE=a" in said


def test_a_parameter_stays_until_another_is_given(stage: Stage, packaged: Path) -> None:
    stage.deploy(packaged, "HistoryDays=3")
    stage.deploy(packaged, "LogDays=7")
    assert (_parameter(stage, "HistoryDays"), _parameter(stage, "LogDays")) == ("3", "7")
    stage.deploy(packaged, "HistoryDays=", "LogDays=")
    assert (_parameter(stage, "HistoryDays"), _parameter(stage, "LogDays")) == ("30", "30")


def _parameter(stage: Stage, name: str) -> str:
    stack = stage.account.client("cloudformation").describe_stacks(StackName=f"posthorn-{stage.name}")["Stacks"][0]
    found: dict[str, str] = {each["ParameterKey"]: each["ParameterValue"] for each in stack["Parameters"]}
    return found[name]


@pytest.mark.parametrize(
    ("parameter", "words"),
    [
        ("Nonsense=1", "There is no parameter Nonsense."),
        ("Stage=b", "There is no parameter Stage."),
        ("LogDays", "Name=value"),
    ],
)
def test_a_parameter_that_is_none_is_refused(stage: Stage, packaged: Path, parameter: str, words: str) -> None:
    done = stage.deploy(packaged, parameter)
    assert (done.status, words in done.said) == (1, True), done.said


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["DeliveryBatchSize=11", "DeliveryBatchWindowSeconds=0"], "DeliveryBatchSize over 10 needs"),
        (["SubnetIds=subnet-0a"], "SubnetIds and SecurityGroupIds belong together"),
        (["ApiConcurrencyReserved=950"], "aws service-quotas request-service-quota-increase"),
    ],
)
def test_parameters_that_do_not_fit_change_nothing(stage: Stage, packaged: Path, given: list[str], words: str) -> None:
    before = _stack(stage)
    done = stage.deploy(packaged, *given)
    assert (done.status, words in done.said) == (1, True), done.said
    assert _stack(stage) == before


def test_everything_carries_the_stages_tag_and_the_operators(stage: Stage, packaged: Path) -> None:
    done = stage.deploy(packaged, "--tags", "team=hooks")
    assert done.status == 0, done.said
    url = stage.outputs["NotificationsQueueURL"]
    tags = stage.account.client("sqs").list_queue_tags(QueueUrl=url)["Tags"]
    assert {"posthorn:stage": "a", "team": "hooks"}.items() <= tags.items()
    assert stage.deploy(packaged).status == 0
    assert {each["Key"]: each["Value"] for each in _stack(stage)["Tags"]} == {"posthorn:stage": "a", "team": "hooks"}


def test_the_api_and_the_schedule_have_concurrency_that_nobody_else_can_take(stage: Stage) -> None:
    functions = stage.account.client("lambda")
    names = [each["FunctionName"] for each in functions.list_functions()["Functions"]]
    reserved = {
        kind: functions.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions")
        for kind in ("APIHandler", "Schedule", "Notify")
        for name in names
        if name.startswith(f"posthorn-{stage.name}-{kind}")
    }
    assert reserved == {"APIHandler": 100, "Schedule": 2, "Notify": None}


def test_a_name_that_would_clash_with_another_stages_is_refused(account: Emulator, packaged: Path) -> None:
    done = Stage(account, "a-slow").deploy(packaged)
    assert (done.status, "does not end with -slow" in done.said) == (1, True), done.said


def _stack(stage: Stage) -> dict[str, Any]:
    found: dict[str, Any] = stage.account.client("cloudformation").describe_stacks(StackName=f"posthorn-{stage.name}")[
        "Stacks"
    ][0]
    return found


def test_the_bucket_is_private_encrypted_versioned_and_cleaned(stage: Stage) -> None:
    s3 = stage.account.client("s3")
    assert set(s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"].values()) == {True}
    assert s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    assert [each["Status"] for each in s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]] == ["Enabled"]
    assert "RefusePlainHttp" in s3.get_bucket_policy(Bucket=BUCKET)["Policy"]


def test_a_failure_is_told_in_the_words_of_what_failed_first(account: Emulator, packaged: Path, tmp_path: Path) -> None:
    def break_it(template: dict[str, Any]) -> None:
        template["Resources"]["NotificationsQueue"]["Properties"]["VisibilityTimeout"] = 43_201

    broken = Stage(account, "broken")
    done = broken.deploy(_changed(packaged, tmp_path, break_it))
    assert done.status == 1
    assert "since NotificationsQueue (AWS::SQS::Queue) failed first:" in done.said
    assert "VisibilityTimeout" in done.said.splitlines()[-1]


def test_after_a_failed_first_deployment_the_next_one_succeeds(account: Emulator, packaged: Path, tmp_path: Path) -> None:
    def break_it(template: dict[str, Any]) -> None:
        template["Resources"]["NotificationsQueue"]["Properties"]["VisibilityTimeout"] = 43_201

    second = Stage(account, "second")
    assert second.deploy(_changed(packaged, tmp_path, break_it)).status == 1
    done = second.deploy(packaged)
    assert done.status == 0, done.said
    assert second.destroy("--yes", "second").status == 0


def test_a_missing_permission_shows(account: Emulator, packaged: Path, tmp_path: Path) -> None:
    def forbid(template: dict[str, Any]) -> None:
        policies = json.dumps(template["Resources"]["ApiHandlerRole"]["Properties"]["Policies"])
        assert '"dynamodb:PutItem"' in policies
        allowed = policies.replace('"dynamodb:PutItem"', '"dynamodb:GetItem"')
        template["Resources"]["ApiHandlerRole"]["Properties"]["Policies"] = json.loads(allowed)

    weak = deployed(account, "weak", _changed(packaged, tmp_path, forbid))
    with Receiver() as receiver:
        wanted = {"url": receiver.url, "name": "Weak", "notificationType": ["ALL_NOTIFICATIONS"], "global": True}
        answer = weak.answer("POST", "/webhooks", {"webhooks": [wanted]})
    assert (answer.status_code, "AccessDenied" in answer.text) == (503, True), answer.text
    assert weak.destroy("--yes", "weak").status == 0


def _changed(package: Path, to: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """The package, its template changed."""
    template = json.loads((package / "sam.json").read_text())
    change(template)
    (to / "sam.json").write_text(json.dumps(template))
    (to / "deployment.zip").symlink_to(package / "deployment.zip")
    return to


def test_the_first_key_is_an_admins_and_is_printed_alone(stage: Stage) -> None:
    assert stage.admin_key.startswith("phk_")
    assert stage.call("GET", "/me")["role"] == "admin"


def test_there_is_no_second_first_key(stage: Stage) -> None:
    done = stage.first_key()
    assert (done.status, done.printed) == (1, "")
    assert "There are admins already: Admin (1)." in done.said


def test_another_admin_is_made_where_one_is_asked_for(stage: Stage) -> None:
    another = Stage(stage.account, stage.name, stage.first_key("--id", "7", "--name", "Ada").printed)
    assert another.call("GET", "/me")["name"] == "Ada"
    stage.call("DELETE", "/users/7")


def test_a_user_does_not_become_an_admin_by_the_way(stage: Stage) -> None:
    stage.call("PUT", "/users/8", {"name": "Bob", "role": "user"})
    done = stage.first_key("--id", "8")
    stage.call("DELETE", "/users/8")
    assert (done.status, done.printed) == (1, "")
    assert "Bob (8) is not an admin" in done.said


def test_a_stage_that_is_not_there_has_no_first_key(account: Emulator) -> None:
    done = Stage(account, "nowhere").first_key()
    assert (done.status, "make deploy STAGE=nowhere" in done.said) == (1, True)


def test_a_dead_letter_that_is_redriven_is_delivered(stage: Stage) -> None:
    with Receiver() as receiver:
        made = stage.webhook(receiver.url)
        url = stage.outputs["NotificationsDeadLettersURL"]
        stage.account.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(notification()))
        done = stage.redrive("notifications")
        assert receiver.next().headers["webhook-id"]
        stage.call("DELETE", f"/webhooks/{made['id']}")
    assert (done.status, "put back on notifications" in done.printed) == (0, True), done.said


def test_redriving_a_stage_that_is_not_there_fails_in_one_sentence(account: Emulator) -> None:
    done = Stage(account, "nowhere").redrive("notifications")
    assert done.status == 1
    assert done.said.startswith("There is no queue posthorn-nowhere-notifications where the AWS configuration leads")


@pytest.mark.parametrize("typed", [(), ("--yes", "b")])
def test_nothing_is_removed_unless_the_stages_name_is_typed(stage: Stage, typed: tuple[str, ...]) -> None:
    done = stage.destroy(*typed)
    assert (done.status, "That is not a. Nothing was removed." in done.said) == (1, True)
    assert stage.answer("GET", "/health").status_code == 200


def test_removing_what_is_not_there_is_no_failure(account: Emulator) -> None:
    assert Stage(account, "nowhere").destroy("--yes", "nowhere").status == 0
