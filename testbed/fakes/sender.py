"""An HTTP sender whose receivers respond as the test says."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

from chalicelib.domain.delivery.attempt import Exchange, FailureCause, OutboundRequest, Response

if TYPE_CHECKING:
    from chalicelib.delivery.ports import Dispatch
    from chalicelib.ports import Clock

_Flight = TypeVar("_Flight")

Plain = int | FailureCause | Response
Answer = Plain | Callable[[OutboundRequest], Plain | Exchange]
"""A status, a failure, a whole response, or a function from the request to one of these."""


class FakeSender:
    """Responds by URL, by default with 200, and keeps the requests.

    As in the real sender, all requests of the dispatch are in flight before the first one ends.
    """

    def __init__(self, clock: Clock, answers: Mapping[str, Answer] | None = None, *, duration_ms: int = 20) -> None:
        self.answers: dict[str, Answer] = dict(answers or {})
        self.duration_ms = duration_ms
        self.sent: list[OutboundRequest] = []
        self.in_flight_max = 0
        self._clock = clock

    def exchange_all(self, dispatch: Dispatch[_Flight]) -> None:
        in_flight: deque[tuple[_Flight, OutboundRequest]] = deque()
        while True:
            while (given := dispatch.next()) is not None:
                in_flight.append(given)
                self.sent.append(given[1])
            self.in_flight_max = max(self.in_flight_max, len(in_flight))
            if not in_flight:
                return
            flight, request = in_flight.popleft()
            exchange = self._exchange(request)
            if exchange.duration_ms > dispatch.late_after_s * 1000:
                dispatch.late(flight)
            dispatch.done(flight, exchange)

    def _exchange(self, request: OutboundRequest) -> Exchange:
        given = self.answers.get(request.url, 200)
        answer = given(request) if callable(given) else given
        if isinstance(answer, Exchange):
            return answer
        failure = answer if isinstance(answer, FailureCause) else None
        is_timeout = failure is FailureCause.TIMEOUT
        return Exchange(
            request=request,
            started_at=self._clock.now(),
            duration_ms=int(request.deadline_s * 1000) if is_timeout else self.duration_ms,
            response=_response(answer),
            failure=failure,
            detail="" if failure is None else f"The attempt ended by {failure}.",
        )


def _response(answer: Plain) -> Response | None:
    if isinstance(answer, FailureCause):
        return None
    return answer if isinstance(answer, Response) else Response(answer, (("content-type", "text/plain"),), b"ok")
