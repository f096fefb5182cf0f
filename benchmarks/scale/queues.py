"""SQS for the real adapters, without a network, so that it takes no time and no memory.

A request is built, signed and counted as usual, and answered without being sent. Messages for the service's own workers are
kept until they are received. Deliveries are only counted.
"""

from __future__ import annotations

import hashlib
import io
import json
import time
import uuid
from collections import Counter, deque
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from testbed.engines.provisioning import Provisioner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_sqs import SQSClient

_NOWHERE: Final = "http://127.0.0.1:9"
_ADDRESS: Final = f"{_NOWHERE}/000000000000/"
_KEPT: Final = ("notifications", "accepted", "background")
_COUNTED: Final = ("deliveries", "slow-deliveries")

Message = Any
"""A message as `ReceiveMessage` returns it."""


class _Raw(io.BytesIO):
    """A body, as botocore reads it from a connection."""

    def stream(self, **_: object) -> Iterator[bytes]:
        """All of it at once."""
        yield self.read()


class Queues:
    """All queues of one deployment."""

    def __init__(self) -> None:
        self.client: SQSClient = Provisioner(None, _NOWHERE).client("sqs")
        self.counted: Counter[str] = Counter()
        self._kept: dict[str, deque[Message]] = {name: deque() for name in _KEPT}
        self._lock = Lock()
        self.client.meta.events.register_last("before-send", self._answer)

    @property
    def places(self) -> dict[str, str]:
        """The variables with the queues' URLs, for `chalicelib.settings`."""
        return {f"{name.replace('-', '_').upper()}_QUEUE_URL": _ADDRESS + name for name in (*_KEPT, *_COUNTED)}

    def take(self, name: str) -> Message | None:
        """The next message of a queue; ``None`` if there is none."""
        return self._kept[name].popleft() if self._kept[name] else None

    def _answer(self, request: Any, **_: object) -> AWSResponse:  # noqa: ANN401 - botocore's
        """The response to a `SendMessageBatch`. It is thread-safe."""
        asked = json.loads(request.body)
        name = asked["QueueUrl"].removeprefix(_ADDRESS)
        with self._lock:
            self.counted[name] += len(asked["Entries"])
            if name in self._kept:
                self._kept[name] += [_message(each) for each in asked["Entries"]]
        taken = [{"Id": each["Id"], "MessageId": each["Id"], "MD5OfMessageBody": "0" * 32} for each in asked["Entries"]]
        body = json.dumps({"Successful": taken, "Failed": []}).encode()
        return AWSResponse(request.url, 200, HTTPHeaders(), _Raw(body))


def _message(entry: dict[str, Any]) -> Message:
    body: str = entry["MessageBody"]
    return {
        "MessageId": str(uuid.uuid4()),
        "ReceiptHandle": "none",
        "Body": body,
        "MD5OfBody": hashlib.md5(body.encode(), usedforsecurity=False).hexdigest(),
        "Attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": str(time.time_ns() // 1_000_000)},
        "MessageAttributes": entry.get("MessageAttributes", {}),
    }
