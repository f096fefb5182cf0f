"""The depths of queues in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from chalicelib.delivery.ports import Lane
from chalicelib.domain.errors import Unavailable
from chalicelib.operations.ports import QueueDepth

if TYPE_CHECKING:
    from testbed.fakes.queues import FakeAccepted, FakeBackground, FakeDeadLetters, FakeDeliveries


class Filled(Protocol):
    """Queues in memory."""

    @property
    def accepted(self) -> FakeAccepted: ...
    @property
    def deliveries(self) -> FakeDeliveries: ...
    @property
    def background(self) -> FakeBackground: ...
    @property
    def dead_letters(self) -> FakeDeadLetters: ...


class FakeDepths:
    """Counts what was sent to each queue. Nothing is ever in flight. It refuses while `is_refusing`."""

    def __init__(self, queues: Filled) -> None:
        self.is_refusing = False
        self._queues = queues

    def read(self) -> list[QueueDepth]:
        if self.is_refusing:
            message = "The queues cannot be read for now."
            raise Unavailable(message)
        queues = self._queues
        lanes = {lane: [each.delay_s for each in queues.deliveries.sent if each.lane is lane] for lane in Lane}
        return [
            self._depth("notifications", []),
            self._depth("accepted", [each.delay_s for each in queues.accepted.sent]),
            self._depth("deliveries", lanes[Lane.FAST]),
            self._depth("slow-deliveries", lanes[Lane.SLOW]),
            self._depth("background", [each.delay_s for each in queues.background.sent]),
        ]

    def _depth(self, name: str, delays_s: list[int]) -> QueueDepth:
        delayed = sum(delay_s > 0 for delay_s in delays_s)
        return QueueDepth(name, len(delays_s) - delayed, 0, delayed, self._dead_letters_of(name))

    def _dead_letters_of(self, name: str) -> int:
        """A queue is called ``posthorn-<stage>-<name>``, and no stage ends in ``-slow``."""
        ends = [each.source_arn for each in self._queues.dead_letters.sent if each.source_arn.endswith(f"-{name}")]
        return len([each for each in ends if name != "deliveries" or not each.endswith("-slow-deliveries")])
