"""What is on the queues, as SQS counts it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from chalicelib.adapters import aws
from chalicelib.adapters.sqs import DeadLetterUrls
from chalicelib.operations.ports import QueueDepth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_sqs import SQSClient


class SqsDepths:
    """The depths of queues and of their dead-letter queues, asked for all at once; `urls` has them by name."""

    def __init__(self, client: SQSClient, urls: Mapping[str, str]) -> None:
        self._client = client
        self._urls = urls
        self._dead_letters = DeadLetterUrls(client)

    def read(self) -> list[QueueDepth]:
        """Two requests for each queue, side by side."""
        with ThreadPoolExecutor(2 * len(self._urls)) as pool:
            live = pool.map(self._counts, self._urls.values())
            dead = pool.map(self._dead_count, self._urls.values())
            return [QueueDepth(name, *counts, total) for name, counts, total in zip(self._urls, live, dead, strict=True)]

    def _counts(self, url: str) -> tuple[int, int, int]:
        """Those that wait, that are in flight, that are delayed."""
        with aws.translated():
            answer = self._client.get_queue_attributes(
                QueueUrl=url,
                AttributeNames=[
                    "ApproximateNumberOfMessages",
                    "ApproximateNumberOfMessagesNotVisible",
                    "ApproximateNumberOfMessagesDelayed",
                ],
            )
        found = answer["Attributes"]
        return (
            int(found["ApproximateNumberOfMessages"]),
            int(found["ApproximateNumberOfMessagesNotVisible"]),
            int(found["ApproximateNumberOfMessagesDelayed"]),
        )

    def _dead_count(self, url: str) -> int:
        """All that are on its dead-letter queue, also those that somebody is looking at."""
        return sum(self._counts(self._dead_letters.of(url.rpartition("/")[2])))
