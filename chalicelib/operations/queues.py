"""Looking at the queues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.errors import Forbidden

if TYPE_CHECKING:
    from chalicelib.domain.directory.users import Caller
    from chalicelib.operations.ports import QueueDepth, QueueDepths


class QueueService:
    """The use case of `/queues`."""

    def __init__(self, *, depths: QueueDepths) -> None:
        self._depths = depths

    def depths(self, caller: Caller) -> list[QueueDepth]:
        """What is on each queue; raise `Forbidden` for all but admins."""
        if not caller.is_admin:
            message = "Only admins may look at the queues."
            raise Forbidden(message)
        return self._depths.read()
