"""Counts the requests to AWS."""

from __future__ import annotations

from collections import Counter
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient


class Requests(Counter[str]):
    """Counts the requests of clients by operation. It is thread-safe."""

    def __init__(self, *clients: DynamoDBClient | SQSClient) -> None:
        super().__init__()
        self._lock = Lock()
        for client in clients:
            client.meta.events.register("before-send", self._count)

    def _count(self, event_name: str, **_: object) -> None:
        with self._lock:
            self[event_name.rpartition(".")[2]] += 1
