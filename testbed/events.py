"""Lambda events from SQS messages. Each record has its own message id, receipt handle and attributes.

Chalice's own `generate_sqs_event` gives every record the same message id, so a partial batch response could not be tested.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final
from uuid import NAMESPACE_URL, uuid5

if TYPE_CHECKING:
    from collections.abc import Mapping

SENT_MS: Final = 1_772_366_400_000
"""Noon of 1 March 2026."""


def message_id(number: int) -> str:
    """The id of a batch's message, counted from 1."""
    return str(uuid5(NAMESPACE_URL, str(number)))


def arn(queue: str) -> str:
    """The ARN of a queue."""
    return f"arn:aws:sqs:us-east-1:123456789012:{queue}"


def sqs_event(
    queue: str,
    *bodies: str,
    attributes: Mapping[str, str] | None = None,
    receive_count: int = 1,
    sender_id: str = "AIDAIENQZJOLO23YVJ4VO",
) -> dict[str, Any]:
    """A batch of a queue, one record for each body, as in the Lambda developer guide."""
    records = [
        record(
            queue,
            body,
            message_id=message_id(number),
            receipt_handle=f"AQEB{number}",
            receive_count=receive_count,
            attributes=attributes,
        )
        for number, body in enumerate(bodies, 1)
    ]
    for each in records:
        each["attributes"]["SenderId"] = sender_id
    return {"Records": records}


def record(
    queue: str,
    body: str,
    *,
    message_id: str,
    receipt_handle: str,
    sent_ms: int = SENT_MS,
    receive_count: int = 1,
    attributes: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """One message as a record of Lambda's SQS event."""
    return {
        "messageId": message_id,
        "receiptHandle": receipt_handle,
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": str(receive_count),
            "SentTimestamp": str(sent_ms),
            "ApproximateFirstReceiveTimestamp": str(sent_ms + 1),
        },
        "messageAttributes": {
            name: {"stringValue": value, "stringListValues": [], "binaryListValues": [], "dataType": "String"}
            for name, value in (attributes or {}).items()
        },
        "md5OfBody": hashlib.md5(body.encode(), usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": arn(queue),
        "awsRegion": "us-east-1",
    }


def scheduled_event() -> dict[str, Any]:
    """The event that EventBridge sends each minute."""
    return {
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": "2026-03-01T12:00:00Z",
        "region": "us-east-1",
        "resources": ["arn:aws:events:us-east-1:123456789012:rule/posthorn-schedule"],
        "detail": {},
    }


def handed_back(*numbers: int) -> dict[str, list[dict[str, str]]]:
    """The partial batch response that returns these messages."""
    return {"batchItemFailures": [{"itemIdentifier": message_id(number)} for number in numbers]}
