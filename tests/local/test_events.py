from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from chalice.app import CloudWatchEvent, SQSEvent
from hypothesis import given, strategies

from local.events import Context, MalformedAnswer, failed_ids, schedule_event, sqs_event

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

ARN = "arn:aws:sqs:us-east-1:000000000000:posthorn-local-deliveries"
MESSAGE: MessageTypeDef = {
    "MessageId": "m1",
    "ReceiptHandle": "r1",
    "Body": "{}",
    "MD5OfBody": "99914b932bd37a50b983c5e7c90ae93b",
    "MD5OfMessageAttributes": "d41d8cd98f00b204e9800998ecf8427e",
    "Attributes": {"ApproximateReceiveCount": "2", "SentTimestamp": "1700000000000", "MessageGroupId": "wh_1"},
    "MessageAttributes": {
        "kind": {"DataType": "String", "StringValue": "continuation"},
        "raw": {"DataType": "Binary", "BinaryValue": b"\x00\x01"},
    },
}


def test_a_record_is_as_lambda_hands_it_over() -> None:
    (record,) = sqs_event([MESSAGE], ARN)["Records"]

    assert record == {
        "messageId": "m1",
        "receiptHandle": "r1",
        "body": "{}",
        "attributes": {"ApproximateReceiveCount": "2", "SentTimestamp": "1700000000000", "MessageGroupId": "wh_1"},
        "messageAttributes": {
            "kind": {
                "dataType": "String",
                "stringValue": "continuation",
                "stringListValues": [],
                "binaryListValues": [],
            },
            "raw": {"dataType": "Binary", "binaryValue": "AAE=", "stringListValues": [], "binaryListValues": []},
        },
        "md5OfBody": "99914b932bd37a50b983c5e7c90ae93b",
        "md5OfMessageAttributes": "d41d8cd98f00b204e9800998ecf8427e",
        "eventSource": "aws:sqs",
        "eventSourceARN": ARN,
        "awsRegion": "us-east-1",
    }


def test_chalice_reads_the_event_of_a_queue() -> None:
    records = list(SQSEvent(sqs_event([MESSAGE], ARN), None))

    assert [(record.body, record.receipt_handle) for record in records] == [("{}", "r1")]


def test_an_event_is_json() -> None:
    event = sqs_event([MESSAGE], ARN)

    assert json.loads(json.dumps(event)) == event


def test_chalice_reads_the_event_of_the_schedule() -> None:
    event = CloudWatchEvent(schedule_event(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)), None)

    assert (event.detail_type, event.source, event.time) == ("Scheduled Event", "aws.events", "2026-01-02T03:04:05Z")


@given(timeout_s=strategies.floats(0, 900))
def test_the_time_that_remains_is_within_the_timeout(timeout_s: float) -> None:
    remaining_ms = Context(function_name="f", timeout_s=timeout_s).get_remaining_time_in_millis()

    assert 0 <= remaining_ms <= timeout_s * 1000


def test_two_invocations_have_two_ids() -> None:
    first, second = (Context(function_name="f", timeout_s=1) for _ in range(2))

    assert first.aws_request_id != second.aws_request_id


@pytest.mark.parametrize("answer", [None, {}, [], {"batchItemFailures": []}, {"batchItemFailures": None}])
def test_an_empty_answer_says_that_all_went_well(answer: object) -> None:
    assert failed_ids(answer, ["m1", "m2"]) == frozenset()


def test_an_answer_names_what_failed() -> None:
    assert failed_ids({"batchItemFailures": [{"itemIdentifier": "m2"}]}, ["m1", "m2"]) == {"m2"}


@pytest.mark.parametrize(
    "answer",
    [
        {"batchItemFailures": [{"itemIdentifier": ""}]},
        {"batchItemFailures": [{"itemIdentifier": None}]},
        {"batchItemFailures": [{"id": "m1"}]},
        {"batchItemFailures": [{"itemIdentifier": "another"}]},
        {"batchItemFailures": 3},
        "done",
    ],
)
def test_an_answer_that_lambda_would_not_understand_is_malformed(answer: object) -> None:
    with pytest.raises(MalformedAnswer):
        failed_ids(answer, ["m1", "m2"])
