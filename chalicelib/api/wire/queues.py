"""Queues in responses."""

from chalicelib.api.wire.model import Outgoing
from chalicelib.operations.ports import QueueDepth


class QueueOut(Outgoing):
    """The approximate number of messages on a queue, and on its dead-letter queue."""

    name: str
    waiting: int
    in_flight: int
    delayed: int
    dead_letters: int

    @classmethod
    def of(cls, depth: QueueDepth) -> "QueueOut":
        """The queue in a response."""
        return cls(
            name=depth.name,
            waiting=depth.waiting,
            in_flight=depth.in_flight,
            delayed=depth.delayed,
            dead_letters=depth.dead_letters,
        )
