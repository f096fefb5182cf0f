"""Receivers of all kinds, and a sender that calls them."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from chalicelib.delivery.flights import AttemptFlight
from chalicelib.domain.delivery.attempt import Exchange, FailureCause, OutboundRequest, Response
from tests.simulation.observed import Call
from tests.simulation.oracle.facts import said
from tests.simulation.processes import Process

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.delivery.flights import Flight
    from chalicelib.delivery.ports import Dispatch
    from chalicelib.ports import Clock
    from tests.simulation.chaos import Chaos
    from tests.simulation.observed import Observed

Between = Callable[[str], None]
"""Called with the URL while a request is in flight and more of its batch waits."""

TOKEN_URL: Final = "https://login.test/token"
RETRY_AFTER_S: Final = 40
_SLICE_S: Final = 0.25


class Temper(StrEnum):
    """How a receiver behaves."""

    WELL = "well"
    FLAKY = "flaky"
    OUTAGE = "outage"
    HANGING = "hanging"
    LIMITED = "limited"
    LEAVING = "leaving"
    SLOW = "slow"
    LOGIN = "login"
    """The token server's, which is not a webhook's receiver."""


class SimSender:
    """An HTTP sender. Requests in flight end in any order, and the process may die at any point."""

    def __init__(self, chaos: Chaos, began_at: datetime, clock: Clock, observed: Observed, between: Between) -> None:
        self._between = between
        self._chaos = chaos
        self._began = began_at
        self._clock = clock
        self._observed = observed

    def exchange_all(self, dispatch: Dispatch[Flight]) -> None:
        in_flight: list[tuple[Flight, OutboundRequest, datetime, int | FailureCause]] = []
        told: set[Flight] = set()
        calls: dict[Flight, Call] = {}
        while True:
            while (given := dispatch.next()) is not None:
                flight, request = given
                answer = self._answer(request)
                if isinstance(flight, AttemptFlight):
                    calls[flight] = self._note(flight, request, answer)
                    self._between(request.url)
                in_flight.append((flight, request, self._clock.now(), answer))
                self._observed.in_flight_most = max(self._observed.in_flight_most, len(in_flight))
                self._chaos.pass_time()
            if not in_flight:
                return
            ended = in_flight.pop(self._chaos.random.randrange(len(in_flight)))
            self._wait(self._chaos.random.random() * _longest_s(ended[1].url))
            if ended[0] in calls:
                calls[ended[0]].ended_at = self._chaos.clock.now()
            for each in (ended, *in_flight):
                self._perhaps_late(dispatch, each[0], each[2], told)
            dispatch.done(ended[0], self._exchange(*ended[1:]))

    def _perhaps_late(self, dispatch: Dispatch[Flight], flight: Flight, started_at: datetime, told: set[Flight]) -> None:
        is_late = (self._clock.now() - started_at).total_seconds() >= dispatch.late_after_s
        if is_late and flight not in told:
            told.add(flight)
            dispatch.late(flight)

    def _wait(self, seconds: float) -> None:
        """Let time pass while others run."""
        for _ in range(1 + int(seconds / _SLICE_S)):
            self._chaos.clock.advance(min(seconds, _SLICE_S))
            self._chaos.pass_time()

    def _note(self, flight: AttemptFlight, request: OutboundRequest, answer: int | FailureCause) -> Call:
        process, calls = Process.here(), self._observed.calls
        assert process is not None, "requests leave from processes"
        made = Call(
            number=len(calls),
            at=self._chaos.clock.now(),
            record_id=str(flight.passed.attempt.record_id),
            delivery_id=dict(request.headers)["webhook-id"],
            webhook_url=request.url,
            body=request.body.decode(),
            status=answer if isinstance(answer, int) else 0,
            retry_after_s=RETRY_AFTER_S if answer == 429 else 0,
            process=process,
        )
        calls.append(made)
        return made

    def _answer(self, request: OutboundRequest) -> int | FailureCause:
        age_s = (self._chaos.clock.now() - self._began).total_seconds()
        chance = self._chaos.luck(f"{request.url} {said(request.body.decode())}")
        match temper(request.url):
            case Temper.FLAKY | Temper.LOGIN:
                return 503 if chance < 0.4 else 200
            case Temper.OUTAGE:
                return FailureCause.CONNECT if age_s < 3_000 else 200
            case Temper.HANGING:
                return FailureCause.TIMEOUT
            case Temper.LIMITED:
                return 429 if chance < 0.5 else 200
            case Temper.LEAVING:
                return 410 if age_s > 60 else 200
            case _:
                return 200

    def _exchange(self, request: OutboundRequest, started_at: datetime, answer: int | FailureCause) -> Exchange:
        is_status = isinstance(answer, int)
        took_s = (self._clock.now() - started_at).total_seconds()
        headers = (("retry-after", str(RETRY_AFTER_S)),) if answer == 429 else ()
        return Exchange(
            request=request,
            started_at=started_at,
            duration_ms=int(took_s * 1000) if is_status else 10_000,
            response=Response(answer, headers, _body(request)) if isinstance(answer, int) else None,
            failure=None if isinstance(answer, int) else answer,
            detail="",
        )


def _body(request: OutboundRequest) -> bytes:
    """The body: empty, but a token that is valid for two minutes from the token server."""
    return b'{"access_token":"t0ken","token_type":"Bearer","expires_in":120}' if request.url == TOKEN_URL else b""


def _longest_s(url: str) -> float:
    """The longest response time of that kind of receiver. The token server takes longer than a webhook's view is valid."""
    return {Temper.HANGING: 10.0, Temper.SLOW: 3.0, Temper.LOGIN: 3.0}.get(temper(url), 0.2)


def temper(url: str) -> Temper:
    """The behaviour of the receiver at a URL."""
    return Temper(url.split("/")[2].split(".", maxsplit=1)[0])
