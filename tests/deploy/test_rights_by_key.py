"""dynamodb:LeadingKeys, demonstrated with a tiny function that may write some partition keys of a table, and no others."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.deploy.tiny import tiny

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.deploy.emulator import Emulator
    from tests.deploy.tiny import Tiny

_TABLE: Final = "keyed"

CALLS = """
def handler(event, context):
    client = boto3.client("dynamodb")
    try:
        getattr(client, event["call"])(**event["with"])
    except client.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
    return "done"
"""
_RIGHTS: Final[list[dict[str, Any]]] = [
    {
        "Effect": "Allow",
        "Action": ["dynamodb:PutItem", "dynamodb:Query", "dynamodb:BatchWriteItem"],
        "Resource": f"arn:aws:dynamodb:*:*:table/{_TABLE}",
        "Condition": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["audit|*"]}},
    },
    {
        "Effect": "Allow",
        "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"],
        "Resource": "*",
    },
]


@pytest.fixture
def function(account: Emulator) -> Iterator[Tiny]:
    with _table(account), tiny(account, "writes-by-key", CALLS, rights=_RIGHTS) as made:
        yield made


@contextmanager
def _table(account: Emulator) -> Iterator[None]:
    dynamodb = account.client("dynamodb")
    dynamodb.create_table(
        TableName=_TABLE,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    try:
        yield
    finally:
        dynamodb.delete_table(TableName=_TABLE)


@pytest.mark.parametrize(("key", "answer"), [("audit|2026-03", "done"), ("a key", "AccessDeniedException")])
def test_a_function_writes_the_partition_keys_that_its_role_names_and_no_others(
    function: Tiny, key: str, answer: str
) -> None:
    assert _put(function, key) == answer
    assert _batch(function, "audit|2026-03", key) == answer
    assert _query(function, key) == answer


def _put(function: Tiny, key: str) -> str:
    return _called(function, "put_item", TableName=_TABLE, Item={"pk": {"S": key}})


def _batch(function: Tiny, *keys: str) -> str:
    requests = [{"PutRequest": {"Item": {"pk": {"S": key}}}} for key in dict.fromkeys(keys)]
    return _called(function, "batch_write_item", RequestItems={_TABLE: requests})


def _query(function: Tiny, key: str) -> str:
    query = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": key}}}
    return _called(function, "query", TableName=_TABLE, **query)


def _called(function: Tiny, call: str, **arguments: object) -> str:
    answer: str = function.invoke({"call": call, "with": arguments})
    return answer


CHANGES_VISIBILITY = """
def handler(event, context):
    for record in event["Records"]:
        ran(record["attributes"]["ApproximateReceiveCount"])
        if record["attributes"]["ApproximateReceiveCount"] == "1":
            boto3.client("sqs").change_message_visibility(
                QueueUrl=os.environ["QUEUE_URL"], ReceiptHandle=record["receiptHandle"], VisibilityTimeout=1
            )
            return {"batchItemFailures": [{"itemIdentifier": record["messageId"]}]}
"""
_PARTIAL: Final = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}
_LONG: Final = {"VisibilityTimeout": 600}


def test_a_function_that_may_change_visibility_has_its_message_again_after_a_second(account: Emulator) -> None:
    with tiny(account, "changes-visibility", CHANGES_VISIBILITY, queue=_LONG, mapping=_PARTIAL, rights=_RIGHTS) as function:
        function.send("a")
        function.await_runs(2)
        assert function.runs == ["1", "2"]


def test_a_function_that_may_not_change_visibility_fails_and_waits(account: Emulator) -> None:
    rights = [{**_RIGHTS[1], "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]}]
    with tiny(account, "keeps-visibility", CHANGES_VISIBILITY, queue=_LONG, mapping=_PARTIAL, rights=rights) as function:
        function.send("a")
        function.await_runs(1)
        account.client("sqs").get_queue_attributes(QueueUrl=function.queue_url, AttributeNames=["All"])
        assert function.waiting == 1
