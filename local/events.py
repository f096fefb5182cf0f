"""Events and contexts as in Lambda (docs.aws.amazon.com/lambda: with-sqs, services-cloudwatchevents)."""

from __future__ import annotations

import base64
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from local.environment import REGION

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from mypy_boto3_sqs.type_defs import MessageTypeDef

ACCOUNT: Final = "000000000000"

Event = dict[str, Any]


class MalformedAnswer(Exception):
    """A handler returned something that Lambda does not understand. Lambda then counts the whole batch as failed."""


@dataclass(frozen=True)
class Context:
    """The context of an invocation."""

    function_name: str
    timeout_s: float
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    started_s: float = field(default_factory=time.monotonic)
    function_version: str = "$LATEST"
    memory_limit_in_mb: str = "512"

    @property
    def invoked_function_arn(self) -> str:
        """The function's ARN."""
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the timeout."""
        return max(0, int((self.timeout_s - (time.monotonic() - self.started_s)) * 1000))


def sqs_event(messages: Sequence[MessageTypeDef], queue_arn: str) -> Event:
    """A batch of received messages."""
    return {"Records": [_sqs_record(message, queue_arn) for message in messages]}


def _sqs_record(message: MessageTypeDef, queue_arn: str) -> Event:
    record: Event = {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message.get("Attributes", {})),
        "messageAttributes": {
            name: _message_attribute(value) for name, value in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": REGION,
    }
    if "MD5OfMessageAttributes" in message:
        record["md5OfMessageAttributes"] = message["MD5OfMessageAttributes"]
    return record


def _message_attribute(value: Mapping[str, Any]) -> Event:
    attribute: Event = {"dataType": value["DataType"], "stringListValues": [], "binaryListValues": []}
    if "StringValue" in value:
        attribute["stringValue"] = value["StringValue"]
    if "BinaryValue" in value:
        attribute["binaryValue"] = base64.b64encode(value["BinaryValue"]).decode()
    return attribute


def schedule_event(now: datetime) -> Event:
    """The event of EventBridge's schedule."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/posthorn-local-schedule"],
        "detail": {},
    }


def failed_ids(answer: Any, batch: Collection[str]) -> frozenset[str]:  # noqa: ANN401 - a handler may answer anything
    """The message ids that a handler returned as failed.

    Raise `MalformedAnswer` if Lambda would not understand the answer.
    """
    failures = answer.get("batchItemFailures") if isinstance(answer, dict) else answer
    if not failures:
        return frozenset()
    try:
        ids = frozenset(failure["itemIdentifier"] for failure in failures)
    except (TypeError, KeyError) as error:
        message = f"{answer!r} is no list of batchItemFailures"
        raise MalformedAnswer(message) from error
    if not ids <= set(batch):
        message = f"{sorted(map(str, ids - set(batch)))} is not in the batch"
        raise MalformedAnswer(message)
    return ids
