"""Receivers that are slow or failing for a while, and a sender to them."""

from __future__ import annotations

import heapq
import re
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import greenlet

from chalicelib.domain.delivery.attempt import Exchange, FailureCause, Response
from testbed.account import costs
from testbed.account.chains import Invocation

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.delivery.ports import Dispatch
    from chalicelib.domain.delivery.attempt import OutboundRequest
    from testbed.account.virtual_time import VirtualTime

_NUMBER: Final = re.compile(rb'"text":"n(\d+)"')


class Behaviour(StrEnum):
    """What a receiver does during the outage."""

    HEALTHY = "healthy"
    SLOW = "slow"
    FAILING = "failing"
    SILENT = "silent"


HEALTHY_S: Final = 0.020
SLOW_S: Final = 3.0


def url(behaviour: Behaviour, number: int) -> str:
    """The URL of a receiver with that behaviour."""
    return f"https://{behaviour}.test/{number}"


@dataclass(slots=True)
class Receivers:
    """All receivers. They record the first receipt of each notification, in seconds, by its number."""

    outage_from_s: float
    outage_until_s: float
    first_receipts: dict[int, float] = field(default_factory=dict)
    requests: int = 0

    def take(self, request: OutboundRequest, now_s: float) -> tuple[float, int | FailureCause]:
        """The duration of a response, and its status or failure."""
        self.requests += 1
        if (found := _NUMBER.search(request.body)) is not None:
            self.first_receipts.setdefault(int(found[1]), now_s)
        if not self.outage_from_s <= now_s < self.outage_until_s:
            return HEALTHY_S, 200
        match Behaviour(request.url.split("/")[2].split(".", maxsplit=1)[0]):
            case Behaviour.SLOW:
                return SLOW_S, 200
            case Behaviour.FAILING:
                return HEALTHY_S, 500
            case Behaviour.SILENT:
                return request.deadline_s, FailureCause.TIMEOUT
            case Behaviour.HEALTHY:
                return HEALTHY_S, 200


@dataclass(frozen=True, slots=True)
class _Flight:
    purpose: Any
    request: OutboundRequest
    started_at: datetime
    took_s: float
    ends_at_s: float
    answer: int | FailureCause

    def exchange(self) -> Exchange:
        is_status = isinstance(self.answer, int)
        return Exchange(
            request=self.request,
            started_at=self.started_at,
            duration_ms=round(self.took_s * 1000),
            response=Response(self.answer, (), b"") if isinstance(self.answer, int) else None,
            failure=None if isinstance(self.answer, int) else self.answer,
            detail="" if is_status else "The receiver did not answer.",
        )


class VirtualSender:
    """Sends all requests of a dispatch at once, in virtual time."""

    def __init__(self, receivers: Receivers, time: VirtualTime) -> None:
        self._receivers = receivers
        self._time = time
        self._numbers = count()

    def exchange_all(self, dispatch: Dispatch[Any]) -> None:
        """Start the requests, and report the end of each when it comes."""
        moments: list[tuple[float, int, _Flight]] = []
        while True:
            while (given := dispatch.next()) is not None:
                self._time.sleep(costs.DELIVERY_CPU_S)
                self._start(*given, dispatch.late_after_s, moments)
            if not moments:
                return
            at_s, _, flight = heapq.heappop(moments)
            self._wait_until(at_s)
            if at_s < flight.ends_at_s:
                dispatch.late(flight.purpose)
            else:
                dispatch.done(flight.purpose, flight.exchange())

    def _start(
        self,
        purpose: Any,  # noqa: ANN401 - the dispatch's
        request: OutboundRequest,
        late_after_s: float,
        moments: list[tuple[float, int, _Flight]],
    ) -> None:
        took_s, answer = self._receivers.take(request, self._time.now_s)
        flight = _Flight(purpose, request, self._time.now(), took_s, self._time.now_s + took_s, answer)
        late_at_s = self._time.now_s + late_after_s
        for at_s in {min(late_at_s, flight.ends_at_s), flight.ends_at_s}:
            heapq.heappush(moments, (at_s, next(self._numbers), flight))

    def _wait_until(self, at_s: float) -> None:
        invocation = greenlet.getcurrent()
        if isinstance(invocation, Invocation):
            invocation.waited_s += max(at_s - self._time.now_s, 0)
        self._time.sleep_until(at_s)
