"""The depths of the queues, from SQS."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from chalicelib import concurrency
from chalicelib.adapters import aws
from chalicelib.adapters.sqs import DeadLetterUrls
from chalicelib.operations.ports import QueueDepth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_sqs import SQSClient


class SqsDepths:
    """Reads the depths of queues and their dead-letter queues in parallel; `urls` maps the queues' names to their URLs."""

    def __init__(self, client: SQSClient, urls: Mapping[str, str]) -> None:
        self._client = client
        self._urls = urls
        self._dead_letters = DeadLetterUrls(client)

    def read(self) -> list[QueueDepth]:
        """Read all depths: two requests for each queue, at once."""
        urls = list(self._urls.values())
        calls = [*(partial(self._counts, url) for url in urls), *(partial(self._dead_counts, url) for url in urls)]
        counts = concurrency.run(lambda call: call(), calls, len(calls))
        live, dead = counts[: len(urls)], counts[len(urls) :]
        return [QueueDepth(name, *each, sum(other)) for name, each, other in zip(self._urls, live, dead, strict=True)]

    def _counts(self, url: str) -> tuple[int, int, int]:
        """The numbers of messages that are waiting, in flight and delayed."""
        with aws.translated():
            response = self._client.get_queue_attributes(
                QueueUrl=url,
                AttributeNames=[
                    "ApproximateNumberOfMessages",
                    "ApproximateNumberOfMessagesNotVisible",
                    "ApproximateNumberOfMessagesDelayed",
                ],
            )
        found = response["Attributes"]
        return (
            int(found["ApproximateNumberOfMessages"]),
            int(found["ApproximateNumberOfMessagesNotVisible"]),
            int(found["ApproximateNumberOfMessagesDelayed"]),
        )

    def _dead_counts(self, url: str) -> tuple[int, int, int]:
        """The numbers of messages on its dead-letter queue."""
        return self._counts(self._dead_letters.of(url.rpartition("/")[2]))
