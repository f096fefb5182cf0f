"""The sizes of the queues."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.operations.ports import QueueDepth, QueueDepths


class QueueService:
    """The use case of `/queues`."""

    def __init__(self, *, depths: QueueDepths) -> None:
        self._depths = depths

    def depths(self) -> list[QueueDepth]:
        """How many messages are on each queue."""
        return self._depths.read()
