from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from local import redrive
from local.provision import provision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_sqs import SQSClient

QUEUE = "posthorn-local-notifications"


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Iterator[SQSClient]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setattr(redrive, "_WAIT_S", 0)
    with mock_aws():
        sqs = boto3.client("sqs", region_name="us-east-1")
        provision(boto3.client("dynamodb", region_name="us-east-1"), sqs)
        yield sqs


def url_of(sqs: SQSClient, name: str) -> str:
    return sqs.get_queue_url(QueueName=name)["QueueUrl"]


def received(sqs: SQSClient, name: str) -> list[Any]:
    answer = sqs.receive_message(
        QueueUrl=url_of(sqs, name),
        MaxNumberOfMessages=10,
        WaitTimeSeconds=0,
        MessageAttributeNames=["All"],
        MessageSystemAttributeNames=["All"],
    )
    return list(answer.get("Messages", []))


def test_every_dead_letter_goes_back_and_none_stays(sqs: SQSClient) -> None:
    for number in range(12):
        sqs.send_message(QueueUrl=url_of(sqs, f"{QUEUE}-dead-letters"), MessageBody=str(number))

    moved = redrive.redrive(sqs, QUEUE)

    back = received(sqs, QUEUE) + received(sqs, QUEUE)
    assert (moved, sorted(int(each["Body"]) for each in back)) == (12, list(range(12)))
    assert received(sqs, f"{QUEUE}-dead-letters") == []


def test_a_message_keeps_its_attributes_and_its_group(sqs: SQSClient) -> None:
    sqs.send_message(
        QueueUrl=url_of(sqs, f"{QUEUE}-dead-letters"),
        MessageBody="{}",
        MessageGroupId="wh_1",
        MessageAttributes={
            "text": {"DataType": "String", "StringValue": "a"},
            "bytes": {"DataType": "Binary", "BinaryValue": b"\x00"},
        },
    )

    redrive.redrive(sqs, QUEUE)

    (message,) = received(sqs, QUEUE)
    assert message["Attributes"]["MessageGroupId"] == "wh_1"
    assert message["MessageAttributes"]["text"]["StringValue"] == "a"
    assert message["MessageAttributes"]["bytes"]["BinaryValue"] == b"\x00"


def test_where_there_are_no_dead_letters_nothing_is_moved(sqs: SQSClient) -> None:
    assert redrive.redrive(sqs, QUEUE) == 0


def test_a_queue_that_there_is_none_of_is_refused_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert redrive.main("orders") == 1

    assert (
        capsys.readouterr().err == "Say which queue: QUEUE=notifications|accepted|deliveries|slow-deliveries|background.\n"
    )


def test_without_a_stage_and_without_a_run_there_is_nothing_to_work_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    monkeypatch.delenv("STAGE", raising=False)
    monkeypatch.setenv("DATA", str(tmp_path))

    assert redrive.main("notifications") == 1

    assert capsys.readouterr().err.startswith("No local service runs here")
