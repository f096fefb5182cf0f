"""`make redrive QUEUE=notifications`: moves dead letters back to the queue that they came from.

With `STAGE` it works on that stage in AWS, with your credentials; else on the local service that uses the data folder
`DATA`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.deployment.credentials import sentence
from local import environment
from local.folder import Refusal, run_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef, SendMessageRequestTypeDef

QUEUES: Final = ("notifications", "accepted", "deliveries", "slow-deliveries", "background")
DEAD_LETTERS: Final = "dead-letters"
_WAIT_S: Final = 1


def redrive(sqs: SQSClient, queue_name: str) -> int:
    """Move the messages that are on the dead-letter queue now. Return their number.

    Each message is sent before it is deleted, so a crash in between repeats one and loses none. Messages that come back
    meanwhile stay there.
    """
    target_url, source_url = _url(sqs, queue_name), _url(sqs, f"{queue_name}-{DEAD_LETTERS}")
    started_ms = int(time.time() * 1000)
    moved = 0
    while messages := [each for each in _receive(sqs, source_url) if int(each["Attributes"]["SentTimestamp"]) <= started_ms]:
        for message in messages:
            sqs.send_message(**_copy(target_url, message))
            sqs.delete_message(QueueUrl=source_url, ReceiptHandle=message["ReceiptHandle"])
        moved += len(messages)
    return moved


def _url(sqs: SQSClient, name: str) -> str:
    try:
        return sqs.get_queue_url(QueueName=name)["QueueUrl"]
    except sqs.exceptions.QueueDoesNotExist as error:
        message = f"There is no queue {name} where the AWS configuration leads: is it the right stage, account and region?"
        raise Refusal(message) from error


def _receive(sqs: SQSClient, url: str) -> list[MessageTypeDef]:
    answer = sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=10,
        WaitTimeSeconds=_WAIT_S,
        MessageSystemAttributeNames=["All"],
        MessageAttributeNames=["All"],
    )
    return answer.get("Messages", [])


def _copy(url: str, message: MessageTypeDef) -> SendMessageRequestTypeDef:
    copy: SendMessageRequestTypeDef = {"QueueUrl": url, "MessageBody": message["Body"]}
    if attributes := message.get("MessageAttributes"):
        copy["MessageAttributes"] = {name: _value(value) for name, value in attributes.items()}
    if group := message.get("Attributes", {}).get("MessageGroupId"):
        copy["MessageGroupId"] = group
    return copy


def _value(value: Mapping[str, Any]) -> Any:  # noqa: ANN401 - one received attribute
    return {key: value[key] for key in ("DataType", "StringValue", "BinaryValue") if key in value}


def main(queue: str) -> int:
    """Redrive a queue. Return the exit status."""
    if queue not in QUEUES:
        sys.stderr.write(f"Say which queue: QUEUE={'|'.join(QUEUES)}.\n")
        return 1
    stage = os.environ.get("STAGE")
    try:
        moved = redrive(boto3.client("sqs") if stage else _local(), f"posthorn-{stage or 'local'}-{queue}")
    except (Refusal, BotoCoreError, ClientError) as refusal:
        sys.stderr.write(f"{sentence(refusal)}\n")
        return 1
    sys.stdout.write(f"{moved} message(s) put back on {queue}.\n")
    return 0


def _local() -> SQSClient:
    path = run_file(Path(os.environ.get("DATA") or ".data"))
    if not path.exists():
        message = f"No local service runs here ({path} is missing): start one with `make run`, or set STAGE for one in AWS."
        raise Refusal(message)
    return environment.sqs(json.loads(path.read_text("utf-8"))["aws_endpoint_url"])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
