"""The ports that put messages on the simulated queues and return them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.codec import messages
from chalicelib.delivery.ports import Enqueued, Lane
from testbed.account.queues import AcceptedQueue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chalicelib.background.ports import ReturnedMessage
    from chalicelib.intake.ports import QueuedNotification
    from testbed.account.queues import Puts
    from tests.simulation.observed import Observed
    from tests.simulation.queues import SimQueue


class SimRedelivery:
    """Sets the delay of returned messages. If the call is lost, the visibility timeout applies."""

    def __init__(self, queues: Mapping[str, SimQueue]) -> None:
        self._queues = queues

    def delay(self, source_arn: str, messages: Sequence[ReturnedMessage]) -> None:
        for each in messages:
            self._queues[source_arn.rpartition(":")[2]].delay(each.receipt, each.delay_s)


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


class SimAccepted(AcceptedQueue):
    """The queue of accepted notifications, observed."""

    def __init__(self, queue: Puts, observed: Observed) -> None:
        super().__init__(queue)
        self._observed = observed

    def send(self, queued: Sequence[QueuedNotification]) -> None:
        self._observed.notified(queued)
        super().send(queued)
