"""The quick parser gives what botocore's own gives, whatever DynamoDB answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from botocore.parsers import QueryParser, ResponseParserFactory
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.aws.parser import QuickParsers
from tests.contracts.attribute_values import ITEMS

if TYPE_CHECKING:
    from collections.abc import Callable

MODEL = botocore.session.Session().get_service_model("dynamodb")
METADATA = {"TableName": "t", "CapacityUnits": 1.5}
ANSWERS: dict[str, Callable[[Any, Any], Any]] = {
    "GetItem": lambda one, _: {"Item": one, "ConsumedCapacity": METADATA},
    "UpdateItem": lambda one, _: {"Attributes": one},
    "Query": lambda one, some: {"Items": some, "Count": len(some), "ScannedCount": len(some), "LastEvaluatedKey": one},
    "BatchGetItem": lambda one, some: {"Responses": {"t": some}, "UnprocessedKeys": {"t": {"Keys": [one]}}},
    "BatchWriteItem": lambda one, _: {
        "UnprocessedItems": {"t": [{"PutRequest": {"Item": one}}, {"DeleteRequest": {"Key": one}}]}
    },
}
REFUSED = {"x-amzn-requestid": "1"}


def both(operation: str, status: int, body: Any) -> tuple[Any, Any]:  # noqa: ANN401 - any JSON
    response = {"status_code": status, "headers": REFUSED, "body": json.dumps(body).encode(), "context": {}}
    shape: Any = MODEL.operation_model(operation).output_shape
    factories = (ResponseParserFactory(), QuickParsers())
    own, quick = (each.create_parser("json").parse(response, shape) for each in factories)
    return own, quick


@pytest.mark.parametrize("operation", ANSWERS)
@given(one=ITEMS, some=st.lists(ITEMS, max_size=3))
def test_an_answer_is_read_alike(operation: str, one: dict[str, Any], some: list[dict[str, Any]]) -> None:
    own, quick = both(operation, 200, ANSWERS[operation](one, some))
    assert quick == own


@given(item=ITEMS)
def test_a_refusal_is_read_alike_with_the_item_that_stands_there(item: dict[str, Any]) -> None:
    kind = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"
    own, quick = both("PutItem", 400, {"__type": kind, "message": "The conditional request failed", "Item": item})
    assert quick == own
    assert own["Error"]["Code"] == "ConditionalCheckFailedException"


@given(item=ITEMS)
def test_a_canceled_transaction_is_read_alike(item: dict[str, Any]) -> None:
    reasons = [{"Code": "ConditionalCheckFailed", "Item": item}, {"Code": "None"}]
    body = {"__type": "TransactionCanceledException", "Message": "It is canceled.", "CancellationReasons": reasons}
    own, quick = both("TransactWriteItems", 400, body)
    assert quick == own


def test_other_protocols_have_botocores_own_parser() -> None:
    assert type(QuickParsers().create_parser("query")) is QueryParser
