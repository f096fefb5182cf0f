"""SQS in memory, as far as a poller needs it: a received message is invisible until it is deleted."""

from __future__ import annotations

import threading
from typing import Any


class QueueStub:
    """One queue; `deleted` and `prolonged` are receipt handles."""

    def __init__(self, *bodies: str) -> None:
        self._waiting = list(enumerate(bodies))
        self._changed = threading.Condition()
        self.deleted: set[str] = set()
        self.prolonged: set[str] = set()
        self.received = 0

    def get_queue_attributes(self, **_: object) -> dict[str, Any]:
        return {"Attributes": {"QueueArn": "arn:aws:sqs:us-east-1:000000000000:stub"}}

    def receive_message(self, *, MaxNumberOfMessages: int, **_: object) -> dict[str, Any]:  # noqa: N803 - SQS's
        with self._changed:
            if not self._waiting:
                self._changed.wait(0.02)
            batch = self._waiting[:MaxNumberOfMessages]
            del self._waiting[: len(batch)]
            self.received += len(batch)
        return {"Messages": [_message(number, body) for number, body in batch]} if batch else {}

    def delete_message_batch(self, *, Entries: list[dict[str, Any]], **_: object) -> dict[str, Any]:  # noqa: N803 - SQS's
        with self._changed:
            self.deleted |= {entry["ReceiptHandle"] for entry in Entries}
        return {}

    def change_message_visibility_batch(self, *, Entries: list[dict[str, Any]], **_: object) -> dict[str, Any]:  # noqa: N803 - SQS's
        with self._changed:
            self.prolonged |= {entry["ReceiptHandle"] for entry in Entries}
        return {}


def _message(number: int, body: str) -> dict[str, Any]:
    return {
        "MessageId": f"m{number}",
        "ReceiptHandle": f"r{number}",
        "Body": body,
        "MD5OfBody": "",
        "Attributes": {"ApproximateReceiveCount": "1"},
    }
