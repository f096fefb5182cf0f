"""The ports that put messages on the simulated queues and return them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from chalicelib.background import tasks
from chalicelib.codec import messages
from chalicelib.delivery.ports import Enqueued, Lane

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chalicelib.background.ports import ReturnedMessage
    from chalicelib.background.tasks import Task
    from chalicelib.intake.ports import QueuedNotification
    from tests.simulation.observed import Observed
    from tests.simulation.queues import SimQueue


class SimRedelivery:
    """Sets the delay of returned messages. If the call is lost, the visibility timeout applies."""

    def __init__(self, queues: Mapping[str, SimQueue]) -> None:
        self._queues = queues

    def delay(self, source_arn: str, messages: Sequence[ReturnedMessage]) -> None:
        for each in messages:
            self._queues[source_arn.rpartition(":")[2]].delay(each.receipt, each.delay_s)


class Puts(Protocol):
    """The part of a queue that senders use."""

    def put(self, body: str, attributes: dict[str, str] | None = None, delay_s: float = 0) -> None:
        """Add a message."""


class SimDeliveries:
    """The two lanes. A refused send may have been half done."""

    def __init__(self, fast: SimQueue, slow: SimQueue, observed: Observed) -> None:
        self._lanes = {Lane.FAST: fast, Lane.SLOW: slow}
        self._observed = observed

    def send(self, enqueued: Sequence[Enqueued]) -> None:
        for number, each in enumerate(enqueued):
            if number:
                self._lanes[each.lane].chaos.before()
            self._lanes[each.lane].put(messages.attempt_to_text(each.attempt), delay_s=each.delay_s)
            self._observed.enqueued(each.attempt)


class SimAccepted:
    """The accepted queue."""

    def __init__(self, queue: Puts, observed: Observed | None = None) -> None:
        self._queue = queue
        self._observed = observed

    def send(self, queued: Sequence[QueuedNotification]) -> None:
        if self._observed is not None:
            self._observed.notified(queued)
        for each in queued:
            self._queue.put(each.text, dict(each.attributes), each.delay_s)


class SimBackground:
    """The background queue."""

    def __init__(self, queue: Puts) -> None:
        self._queue = queue

    def send(self, sent: Sequence[Task]) -> None:
        for each in sent:
            self._queue.put(tasks.to_text(each), delay_s=each.delay_s)


class SimDeadLetters:
    """Dead letters, by the name of their queue."""

    def __init__(self) -> None:
        self.bodies: list[str] = []

    def set_aside(self, source_arn: str, body: str, reason: str, attributes: Mapping[str, str] | None = None) -> None:  # noqa: ARG002 - as the port has it
        assert source_arn
        assert reason
        self.bodies.append(body)
