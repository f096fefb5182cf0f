"""Delivers returned messages again before their queue's visibility timeout ends.

A message that Lambda does not delete becomes visible when its visibility timeout ends, unless ChangeMessageVisibility
shortens it (Lambda developer guide, "Using Lambda with Amazon SQS"; SQS API reference, "ChangeMessageVisibilityBatch").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.adapters import aws
from chalicelib.adapters.sqs import MESSAGES_MAX

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mypy_boto3_sqs import SQSClient

    from chalicelib.background.ports import ReturnedMessage


class SqsRedelivery:
    """Sets the delay of messages of the service's queues, which it finds by the last part of their ARNs."""

    def __init__(self, client: SQSClient, urls: Iterable[str]) -> None:
        self._client = client
        self._urls = {url.rpartition("/")[2]: url for url in urls}

    def delay(self, source_arn: str, messages: Sequence[ReturnedMessage]) -> None:
        """Change the visibility of ten messages with each request. If SQS refuses one, the queue's own timeout applies."""
        url = self._urls[source_arn.rpartition(":")[2]]
        for start in range(0, len(messages), MESSAGES_MAX):
            some = messages[start : start + MESSAGES_MAX]
            with aws.translated():
                self._client.change_message_visibility_batch(
                    QueueUrl=url,
                    Entries=[
                        {"Id": str(number), "ReceiptHandle": each.receipt, "VisibilityTimeout": each.delay_s}
                        for number, each in enumerate(some)
                    ],
                )
