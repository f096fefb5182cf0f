"""The queues on the wire."""

from chalicelib.api.wire.model import Outgoing
from chalicelib.operations.ports import QueueDepth


class QueueOut(Outgoing):
    """How many messages are on a queue, and on its dead-letter queue, about."""

    name: str
    waiting: int
    in_flight: int
    delayed: int
    dead_letters: int

    @classmethod
    def of(cls, depth: QueueDepth) -> "QueueOut":
        """The queue as admins see it."""
        return cls(
            name=depth.name,
            waiting=depth.waiting,
            in_flight=depth.in_flight,
            delayed=depth.delayed,
            dead_letters=depth.dead_letters,
        )
