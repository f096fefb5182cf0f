"""What the page on event sources shows puts notifications on the queue, and the notify worker reads them there."""

from __future__ import annotations

import json
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from chalicelib.composition import process
from chalicelib.domain.notifications import notification
from chalicelib.workers import notify
from infra.declaration import declaration
from local import environment
from testbed.engines import processes
from testbed.fakes.service import FakeAdapters, service_on
from tests.docs.markdown import ROOT, blocks, table_below
from tests.docs.story import marked
from tests.domain.samples import NOON, webhook
from tests.infra.sources import EXAMPLES, SERVICES, SNIPPETS, Account, as_lambda_hands_it_over, snippet

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE: Final = ROOT / "docs" / "guides" / "sources.md"
ORDER: Final = {"number": "1042", "customer": 'Jim "Jimbo" Høpkins', "total": 12.5}
KEY: Final = 'reports/2026 "final" ö.csv'
each_snippet = pytest.mark.parametrize("name", SNIPPETS)


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Posthorn's queue, which names nobody yet, in an account where permissions are checked."""
    with processes.ministack(tmp_path_factory.mktemp("account"), SERVICES=SERVICES, AUTH="true") as url:
        made = Account(url)
        made.posthorn()
        yield made


def connected(account: Account, name: str, **parameters: str) -> dict[str, str]:
    """Deploy a snippet, and do as its outputs say."""
    arn = account.posthorn()["NotificationsQueueArn"]
    outputs = account.stack(f"to-posthorn-{name}", snippet(name), {"NotificationsQueueArn": arn, **parameters})
    account.allow(outputs)
    return outputs


def read(account: Account, count: int) -> list[notification.Notification]:
    """The notifications on the queue, each of which the notify worker has taken and fanned out to a webhook."""
    messages = account.arrived(count)
    world = FakeAdapters()
    world.webhooks.create(webhook(1, is_global=True))
    with process.using(service_on(world)):
        answer = notify.notify({"Records": [as_lambda_hands_it_over(each) for each in messages]}, None)
    assert (answer, world.dead_letters.sent) == ({"batchItemFailures": []}, [])
    assert len(world.deliveries.sent) == len(messages)
    return [notification.parse(each["Body"], notification_id="ntf_1", accepted_at=NOON) for each in messages]


def values(taken: notification.Notification) -> dict[str, Any]:
    """What travels on, read."""
    return {key: json.loads(each) for key, each in taken.members.items()}


@pytest.mark.enable_socket
def test_an_event_becomes_a_notification_with_the_event_s_id(account: Account) -> None:
    connected(account, "eventbridge")
    entry = {"Source": "shop.orders", "DetailType": "Order Placed", "Detail": json.dumps(ORDER)}
    other = {"Source": "shop.orders", "DetailType": "Order Cancelled", "Detail": json.dumps(ORDER)}
    answer = account.client("events").put_events(Entries=[entry, other])
    [taken] = read(account, 1)
    assert (taken.id, taken.is_named) == (answer["Entries"][0]["EventId"], True)
    assert values(taken) == {
        "notificationType": "orderPlaced",
        "name": "1042",
        "customer": ORDER["customer"],
        "total": ORDER["total"],
    }


@pytest.mark.enable_socket
def test_the_queue_names_the_rule_after_that(account: Account) -> None:
    arn = connected(account, "eventbridge")["NotificationRuleArns"]
    document = account.client("sqs").get_queue_attributes(QueueUrl=account.queue_url, AttributeNames=["Policy"])
    [statement] = [each for each in json.loads(document["Attributes"]["Policy"])["Statement"] if each["Sid"] == "NamedRules"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert arn in statement["Condition"]["ArnEquals"]["aws:SourceArn"]


@pytest.mark.enable_socket
def test_a_topic_s_message_arrives_as_it_was_published_once_the_queue_names_the_topic(account: Account) -> None:
    sns = account.client("sns")
    topic = sns.create_topic(Name="orders")["TopicArn"]
    arn = account.posthorn()["NotificationsQueueArn"]
    outputs = account.stack("to-posthorn-sns", snippet("sns"), {"NotificationsQueueArn": arn, "TopicArn": topic})
    sent = {"id": "o-1", "notificationType": "orderPlaced", "name": "1042"}
    sns.publish(TopicArn=topic, Message=json.dumps(sent | {"id": "refused"}))
    account.allow(outputs)
    sns.publish(TopicArn=topic, Message=json.dumps({"notificationType": "stockLow"}))
    sns.publish(TopicArn=topic, Message=json.dumps(sent))
    [taken] = read(account, 1)
    assert taken.id == "o-1"
    assert taken.sentence({}) == "orderPlaced: 1042"


@pytest.mark.enable_socket
def test_a_new_object_becomes_a_notification(account: Account) -> None:
    connected(account, "s3", BucketName="reports-of-a-test")
    s3 = account.client("s3")
    for key in (KEY, "elsewhere/report.csv"):
        s3.put_object(Bucket="reports-of-a-test", Key=key, Body=b"a,b")
    [taken] = read(account, 1)
    assert taken.is_named
    found = values(taken)
    assert (found["notificationType"], found["name"], found["size"]) == ("objectCreated", KEY, 3)


@pytest.mark.enable_socket
def test_the_program_puts_each_line_on_the_queue(account: Account) -> None:
    lines = [
        json.dumps({"id": f"evt-{number}", "notificationType": "modelCreated", "modelId": number}) for number in range(25)
    ]
    extra = environment.of_child(environment.aws(account.url)) | {"NOTIFICATIONS_QUEUE_URL": account.queue_url}
    command = [sys.executable, str(EXAMPLES / "send.py")]
    subprocess.run(command, input="\n".join(lines), env=extra, text=True, check=True)
    assert {each.id for each in read(account, 25)} == {f"evt-{number}" for number in range(25)}


@pytest.mark.enable_socket
def test_the_commands_put_notifications_on_the_queue(account: Account, tmp_path: Path) -> None:
    extra = environment.of_child(environment.aws(account.url)) | {"NOTIFICATIONS_QUEUE_URL": account.queue_url}
    to_the_engine = (
        'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }\n'  # version 1 does not read the variable
    )
    bash = ["bash", "-euc", to_the_engine + marked(PAGE)["cli"]]
    if subprocess.run(["bash", "-c", "command -v aws"], capture_output=True, check=False).returncode:
        pytest.skip("the AWS CLI is needed to run its commands")
    subprocess.run(bash, cwd=tmp_path, env=extra, check=True, capture_output=True)
    assert {each.id for each in read(account, 3)} == {"backup-2026-03-01", "disk-a", "disk-b"}


class Refusing:
    """SQS, that takes no second message of a batch on the first try; or none ever, for the sender's fault."""

    def __init__(self, *, is_senders_fault: bool = False) -> None:
        self.is_senders_fault = is_senders_fault
        self.taken: list[str] = []
        self.requests: list[int] = []

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803
        assert QueueUrl == "here"
        self.requests.append(len(Entries))
        refused = Entries[1::2]
        self.taken += [each["MessageBody"] for each in Entries if each not in refused]
        return {"Failed": [{"Id": each["Id"], "SenderFault": self.is_senders_fault} for each in refused]}


def sending(sqs: Refusing, notifications: list[Any]) -> None:
    runpy.run_path(str(EXAMPLES / "send.py"))["send"](sqs, "here", notifications)


def test_what_fails_of_a_request_is_sent_again_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    sqs = Refusing()
    sending(sqs, [{"number": number} for number in range(12)])
    assert sqs.requests == [10, 5, 2, 1, 2, 1]
    assert sorted(json.loads(each)["number"] for each in sqs.taken) == list(range(12))


def test_what_is_the_sender_s_fault_is_not_tried_again() -> None:
    sqs = Refusing(is_senders_fault=True)
    with pytest.raises(RuntimeError):
        sending(sqs, [{}, {}])
    assert sqs.requests == [2]


def test_a_request_stays_below_a_megabyte() -> None:
    sqs = Refusing()
    sending(sqs, ["x" * 600_000] * 2)
    assert sqs.requests == [1, 1]


@each_snippet
def test_cloudformation_would_take_a_snippet(name: str) -> None:
    command = [str(Path(sys.executable).parent / "cfn-lint"), str(EXAMPLES / f"{name}.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_all_snippets_are_tried() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.json")} == set(SNIPPETS)


@each_snippet
def test_a_snippet_says_which_parameters_of_posthorn_s_stack_it_needs(name: str) -> None:
    outputs = set(snippet(name)["Outputs"])
    assert outputs
    assert outputs <= set(declaration()["Parameters"])
    assert set(snippet(name)["Parameters"]) & {"NotificationsQueueArn"} <= set(declaration()["Outputs"])


def test_the_page_says_of_every_parameter_who_needs_it() -> None:
    listed = set(re.findall(r"`(Notification\w+Arns)`", " ".join(need for _, need in table_below(PAGE, "source |"))))
    assert listed == {name for name in declaration()["Parameters"] if re.fullmatch(r"Notification\w+Arns", name)}


def test_the_policy_allows_nobody_without_a_name() -> None:
    policy = declaration()["Resources"]["NotificationsQueuePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    allowing = [each["Fn::If"][1] for each in policy if "Fn::If" in each]
    assert len(allowing) == len(policy) - 1
    for each in allowing:
        named = each["Principal"].get("AWS") or each["Condition"]["ArnEquals"]["aws:SourceArn"]
        assert re.fullmatch(r"Notification\w+Arns", named["Ref"])


def test_the_page_shows_the_code_that_runs_here() -> None:
    example = [line.strip() for line in (EXAMPLES / "send.py").read_text("utf-8").splitlines()]
    shown = [line.strip() for block in blocks(PAGE) if block.language == "python" for line in block.text.splitlines()]
    assert shown
    assert [line for line in shown if line not in example] == []


def test_the_page_shows_the_transformer_of_the_snippet() -> None:
    [target] = snippet("eventbridge")["Resources"]["Rule"]["Properties"]["Targets"]
    assert target["InputTransformer"]["InputTemplate"] in PAGE.read_text("utf-8")
