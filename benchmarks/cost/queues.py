"""The queues of a scenario: messages sent to SQS are kept here too, and delivered to the handlers as Lambda's pollers do."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from benchmarks.cost.usage import Kind, Usage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from chalicelib.ports import Clock

CHUNK_BYTES: Final = 65_536
"""A request is charged once for each 64 KB (aws.amazon.com/sqs/pricing)."""
_RECEIVED_MAX: Final = 10
"""The messages of one ReceiveMessage, and of one DeleteMessageBatch."""


@dataclass(frozen=True)
class Waiting:
    """A message on a queue."""

    message_id: str
    body: str
    attributes: Mapping[str, str]
    is_grouped: bool
    sent_at: datetime
    due_at: datetime

    @property
    def size_bytes(self) -> int:
        """The size as SQS counts it: the body, and the names, types and values of attributes."""
        texts = [self.body, *(text for name, value in self.attributes.items() for text in (name, "String", value))]
        return sum(len(text.encode()) for text in texts)


class Queues:
    """Meters an SQS client. The key of a queue is the last words of its name."""

    def __init__(self, client: Any, clock: Clock) -> None:  # noqa: ANN401 - clients have no type at run time
        self.usage = Usage()
        self._clock = clock
        self._waiting: dict[str, list[Waiting]] = {}
        self._sent = 0
        client.meta.events.register("provide-client-params.sqs.SendMessageBatch", self._batch)

    def put(self, queue: str, bodies: Sequence[str]) -> None:
        """Send messages like an event source, with as many in a request as SQS accepts."""
        for start in range(0, len(bodies), _RECEIVED_MAX):
            entries = [{"MessageBody": body} for body in bodies[start : start + _RECEIVED_MAX]]
            self._send(queue, entries, "SendMessageBatch by the source")

    def take(self, queue: str, at_most: int) -> list[dict[str, Any]]:
        """Receive due messages, as records of a Lambda event. Count the requests that receive and delete them."""
        now = self._clock.now()
        waiting = self._waiting.get(queue, [])
        taken = [each for each in waiting if each.due_at <= now][:at_most]
        self._waiting[queue] = [each for each in waiting if each not in taken]
        for start in range(0, len(taken), _RECEIVED_MAX):
            some = taken[start : start + _RECEIVED_MAX]
            self._charge(queue, "ReceiveMessage", some)
            self._charge(queue, "DeleteMessageBatch", some, size_bytes=0)
        return [_record(each, queue) for each in taken]

    def next_due(self, queue: str) -> datetime | None:
        """When the next message can be taken; ``None`` where the queue is empty."""
        return min((each.due_at for each in self._waiting.get(queue, [])), default=None)

    def _batch(self, params: Any, **_: object) -> None:  # noqa: ANN401 - botocore's
        name = params["QueueUrl"].rpartition("/")[2].split("-", 2)[2]
        self._send(name, params["Entries"], "SendMessageBatch")

    def _send(self, queue: str, entries: Sequence[Any], operation: str) -> None:
        now = self._clock.now()
        messages = [self._message(each, now) for each in entries]
        self._waiting.setdefault(queue, []).extend(messages)
        self._charge(queue, operation, messages)

    def _message(self, entry: Any, now: datetime) -> Waiting:  # noqa: ANN401 - botocore's
        self._sent += 1
        attributes = {name: each["StringValue"] for name, each in entry.get("MessageAttributes", {}).items()}
        return Waiting(
            message_id=str(uuid.uuid5(uuid.NAMESPACE_OID, str(self._sent))),
            body=entry["MessageBody"],
            attributes=attributes,
            is_grouped="MessageGroupId" in entry,
            sent_at=now,
            due_at=now + timedelta(seconds=entry.get("DelaySeconds", 0)),
        )

    def _charge(self, queue: str, operation: str, messages: Sequence[Waiting], size_bytes: int | None = None) -> None:
        size = sum(each.size_bytes for each in messages) if size_bytes is None else size_bytes
        chunks = max(1, -(-size // CHUNK_BYTES))
        self.usage.add(Kind.QUEUE_REQUESTS, f"{operation} {queue}", chunks)
        if any(each.is_grouped for each in messages):
            self.usage.add(Kind.FAIR_REQUESTS, f"{operation} {queue}", chunks)


def _record(message: Waiting, queue: str) -> dict[str, Any]:
    """A record of Lambda's event (docs.aws.amazon.com/lambda, "Using Lambda with Amazon SQS")."""
    sent_ms = str(int(message.sent_at.timestamp() * 1_000))
    return {
        "messageId": message.message_id,
        "receiptHandle": message.message_id,
        "body": message.body,
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": sent_ms},
        "messageAttributes": {
            name: {"stringValue": value, "dataType": "String"} for name, value in message.attributes.items()
        },
        "md5OfBody": hashlib.md5(message.body.encode(), usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:us-east-1:000000000000:posthorn-cost-{queue}",
        "awsRegion": "us-east-1",
    }
