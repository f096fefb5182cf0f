"""Sends notifications to the queue, at a rate or as fast as possible. Each has its number as its text."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mypy_boto3_sqs import SQSClient

ADMIN: Final = 1
BATCH_MAX: Final = 10
REQUESTS_PER_S_MAX: Final = 20
"""Above this rate several notifications share a request, so that the sender is not what is measured."""


def at_rate(
    sqs: SQSClient,
    queue_url: str,
    numbers: Sequence[int],
    type_of: Callable[[int], str],
    per_s: float,
    about: int = ADMIN,
) -> dict[int, float]:
    """Send at a rate, whatever happens. Return the time of each, just before its request.

    `about` is the acting and the target user.
    """
    size = max(1, min(BATCH_MAX, round(per_s / REQUESTS_PER_S_MAX)))
    sent: dict[int, float] = {}
    began_s = time.monotonic()
    for start in range(0, len(numbers), size):
        time.sleep(max(0.0, began_s + start / per_s - time.monotonic()))
        chunk = numbers[start : start + size]
        sent.update(dict.fromkeys(chunk, time.monotonic()))
        send(sqs, queue_url, chunk, type_of, about)
    return sent


def all_at_once(sqs: SQSClient, queue_url: str, numbers: Sequence[int], type_of: Callable[[int], str]) -> None:
    """Send as fast as the queue accepts."""
    for start in range(0, len(numbers), BATCH_MAX):
        send(sqs, queue_url, numbers[start : start + BATCH_MAX], type_of)


def send(sqs: SQSClient, queue_url: str, numbers: Sequence[int], type_of: Callable[[int], str], about: int = ADMIN) -> None:
    """Send up to ten in one request."""
    answer = sqs.send_message_batch(
        QueueUrl=queue_url,
        Entries=[{"Id": str(each), "MessageBody": _body(each, type_of(each), about)} for each in numbers],
    )
    if answer.get("Failed"):
        raise RuntimeError(answer["Failed"])


def number_in(body: str) -> int:
    """The number of a notification, from its body."""
    return int(json.loads(body)["text"])


def _body(number: int, notification_type: str, about: int) -> str:
    """A notification of about the size of the reference page's sample."""
    fields = {"dataSourceName": "test", "actionBy": about, "modelType": "datasource", "modelId": 15, "targetUser": about}
    return json.dumps({"notificationType": notification_type, "text": str(number), **fields})
