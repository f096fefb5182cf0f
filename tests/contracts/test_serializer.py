"""The quick serializer writes what botocore's own writes, whatever is asked of DynamoDB."""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING, Any

import botocore.session
import pytest
from botocore.serialize import JSONSerializer
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.aws.attribute_values import converted
from chalicelib.adapters.aws.serializer import QuickSerializer
from tests.contracts.attribute_values import ITEMS

if TYPE_CHECKING:
    from collections.abc import Callable

MODELS = {name: botocore.session.Session().get_service_model(name) for name in ("dynamodb", "sqs")}
ASKED: dict[str, Callable[[Any, Any], Any]] = {
    "GetItem": lambda one, _: {"TableName": "t", "Key": one, "ConsistentRead": True},
    "PutItem": lambda one, _: {"TableName": "t", "Item": one, "ExpressionAttributeNames": {"#a": "a"}},
    "UpdateItem": lambda one, _: {"TableName": "t", "Key": one, "ExpressionAttributeValues": {":a": {"M": one}}},
    "Query": lambda one, _: {"TableName": "t", "ExclusiveStartKey": one, "Limit": 3},
    "BatchGetItem": lambda _, some: {"RequestItems": {"t": {"Keys": some, "ConsistentRead": True}}},
    "BatchWriteItem": lambda one, some: {
        "RequestItems": {"t": [{"DeleteRequest": {"Key": one}}, *({"PutRequest": {"Item": each}} for each in some)]}
    },
    "TransactWriteItems": lambda one, _: {
        "TransactItems": [{"Put": {"TableName": "t", "Item": one}}, {"Delete": {"TableName": "t", "Key": one}}]
    },
}


def both(service: str, operation: str, asked: Any) -> tuple[Any, Any]:  # noqa: ANN401 - what an operation takes
    model = MODELS[service].operation_model(operation)
    own, quick = (each.serialize_to_request(asked, model) for each in (JSONSerializer(), QuickSerializer()))
    return own, quick


@pytest.mark.parametrize("operation", ASKED)
@given(one=ITEMS, some=st.lists(ITEMS, max_size=3))
def test_a_request_is_written_alike(operation: str, one: Any, some: list[Any]) -> None:  # noqa: ANN401 - any item
    one, *some = [{name: converted(value, b64decode) for name, value in each.items()} for each in (one, *some)]
    own, quick = both("dynamodb", operation, ASKED[operation](one, some))
    assert quick == own


def test_the_attributes_of_a_message_are_written_as_botocore_does() -> None:
    attributes = {"id": {"DataType": "String", "StringValue": "a"}, "raw": {"DataType": "Binary", "BinaryValue": b"\x00"}}
    entry = {"Id": "0", "MessageBody": "{}", "MessageAttributes": attributes}
    own, quick = both("sqs", "SendMessageBatch", {"QueueUrl": "http://q", "Entries": [entry]})
    assert quick == own
    assert b"AA==" in own["body"]
