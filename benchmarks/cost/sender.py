"""The receivers of the scenarios. They answer at once, and report 200 ms."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, TypeVar

from benchmarks.cost import content
from chalicelib.domain.delivery.attempt import Exchange

if TYPE_CHECKING:
    from chalicelib.delivery.ports import Dispatch
    from chalicelib.domain.delivery.attempt import OutboundRequest
    from chalicelib.ports import Clock

FAILING_ONE_IN: Final = 20

_Flight = TypeVar("_Flight")


class InstantSender:
    """Answers like a receiver that takes 200 ms, without the wait. With `is_failing`, one response in twenty is 500."""

    def __init__(self, clock: Clock, *, is_failing: bool) -> None:
        self.attempts = self.successes = self.sent_bytes = 0
        self._clock = clock
        self._is_failing = is_failing

    def exchange_all(self, dispatch: Dispatch[_Flight]) -> None:
        """Start all requests of a batch before the first one ends."""
        in_flight: deque[tuple[_Flight, OutboundRequest]] = deque()
        while True:
            while (given := dispatch.next()) is not None:
                in_flight.append(given)
            if not in_flight:
                return
            flight, request = in_flight.popleft()
            dispatch.done(flight, self._exchange(request))

    def _exchange(self, request: OutboundRequest) -> Exchange:
        self.attempts += 1
        is_failed = self._is_failing and self.attempts % FAILING_ONE_IN == FAILING_ONE_IN // 2
        self.successes += not is_failed
        headers = sum(len(name) + len(value) + len(": \r\n") for name, value in request.headers)
        self.sent_bytes += len(request.body) + headers + len(request.url)
        answer = content.answer(500 if is_failed else 200, self.attempts)
        return Exchange(request=request, started_at=self._clock.now(), duration_ms=200, response=answer)
