"""The metric AWS/SQS NumberOfMessagesSent by queue, which ministack does not publish.

"Available CloudWatch metrics for Amazon SQS", docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/
sqs-available-cloudwatch-metrics.html.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ministack.services import cloudwatch, sqs

if TYPE_CHECKING:
    from collections.abc import Callable

_SENDS: Final = ("SendMessage", "SendMessageBatch")


def install() -> None:
    """Count the messages of each request."""
    for name in _SENDS:
        sqs._HANDLERS[name] = _counting(sqs._HANDLERS[name])


def _counting(handler: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def counting(data: dict[str, Any], url: str) -> dict[str, Any]:
        answer = handler(data, url)
        queue = str(data.get("QueueUrl", url)).rpartition("/")[2]
        sent = len(answer["Successful"]) if "Successful" in answer else 1
        cloudwatch.record_metric("AWS/SQS", "NumberOfMessagesSent", sent, "Count", {"QueueName": queue})
        return answer

    return counting
