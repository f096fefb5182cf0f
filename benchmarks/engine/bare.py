"""The engine's SQS alone: notifications through one queue, without the service.

The service's figures are compared with it. It is measured on the same engine in the same run.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from benchmarks.engine import sending

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_sqs import SQSClient

    from benchmarks.engine.running import Running

_PATIENCE_S: Final = 30


def per_s(running: Running, count: int) -> float:
    """Messages a second that one client sends, receives and deletes, ten at a time."""
    sqs = running.sqs()
    url = sqs.create_queue(QueueName="bare-throughput")["QueueUrl"]
    began_s = time.monotonic()
    sending.all_at_once(sqs, url, range(count), lambda _: "bare")
    taken = 0
    while taken < count:
        taken += len(_take(sqs, url, sending.BATCH_MAX))
    return count / (time.monotonic() - began_s)


def latencies_s(running: Running, numbers: Sequence[int], rate_per_s: float) -> list[float]:
    """The times from just before each message is sent until a long poll has it, at a rate."""
    url = running.sqs().create_queue(QueueName="bare-latency")["QueueUrl"]
    came: dict[int, float] = {}
    poll = threading.Thread(target=_receive, args=(running.sqs(), url, len(numbers), came))
    poll.start()
    sent = sending.at_rate(running.sqs(), url, numbers, lambda _: "bare", rate_per_s)
    poll.join(_PATIENCE_S)
    if len(came) < len(numbers):
        message = f"{len(numbers) - len(came)} messages did not come through a bare queue."
        raise RuntimeError(message)
    return [came[each] - sent[each] for each in came]


def _receive(sqs: SQSClient, url: str, count: int, came: dict[int, float]) -> None:
    deadline_s = time.monotonic() + _PATIENCE_S
    while len(came) < count and time.monotonic() < deadline_s:
        bodies = _take(sqs, url, 1)
        came.update(dict.fromkeys((sending.number_in(body) for body in bodies), time.monotonic()))


def _take(sqs: SQSClient, url: str, at_most: int) -> list[str]:
    """Receive and delete messages. Return their bodies."""
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=at_most, WaitTimeSeconds=1).get("Messages", [])
    if messages:
        entries = [{"Id": str(place), "ReceiptHandle": each["ReceiptHandle"]} for place, each in enumerate(messages)]
        sqs.delete_message_batch(QueueUrl=url, Entries=entries)  # type: ignore[arg-type]
    return [each["Body"] for each in messages]
