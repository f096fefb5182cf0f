"""What is asked of AWS."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.contracts.engines import Clients


class Requests(Counter[str]):
    """Counts the requests that clients make, by operation."""

    def __init__(self, clients: Clients) -> None:
        super().__init__()
        for client in (clients.dynamodb, clients.sqs):
            client.meta.events.register("before-send", self._count)

    def _count(self, event_name: str, **_: object) -> None:
        self[event_name.rpartition(".")[2]] += 1
