"""One request in flight, from the moment it was given to its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pycurl

from chalicelib.adapters.egress.causes import cause_of
from chalicelib.domain.attempt import Exchange, FailureCause

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.adapters.egress.handle import Handle
    from chalicelib.adapters.egress.multi import Ended
    from chalicelib.domain.attempt import OutboundRequest, Response


@dataclass(slots=True, eq=False)
class Flight:
    """A request under way; `began` and `deadline` are monotonic, `handle` is set while libcurl has it."""

    token: str
    request: OutboundRequest
    started_at: datetime
    began: float
    handle: Handle | None = None
    is_over: bool = False

    @property
    def deadline(self) -> float:
        """When it ends, whatever the receiver does."""
        return self.began + self.request.deadline_s

    def succeeded(self, now: float, response: Response | None) -> Exchange:
        """The exchange, with an answer to be judged by its status."""
        return self._ended(now, response, None, "")

    def failed(self, now: float, failure: FailureCause, detail: str, response: Response | None = None) -> Exchange:
        """The exchange, broken off; `response` is what had come by then."""
        return self._ended(now, response, failure, detail)

    def blocked(self, now: float, why: str) -> Exchange:
        """The exchange, not made: the host is a name, or leads to an address, that may not be called."""
        return self.failed(now, FailureCause.BLOCKED_ADDRESS, f"The receiver's host {why}.")

    def timed_out(self, now: float) -> Exchange:
        """The exchange, at its deadline: while the name was looked up, before an answer, or in the middle of one."""
        within = f"within {self.request.deadline_s:g} s"
        if self.handle is None:
            return self.failed(now, FailureCause.DNS, f"The receiver's name was not resolved {within}.")
        if not self.handle.answer.is_begun:
            return self.failed(now, FailureCause.TIMEOUT, f"The receiver did not answer {within}.")
        return self.failed(now, FailureCause.TIMEOUT, f"The answer was not whole {within}.", self.handle.answer.response())

    def _ended(self, now: float, response: Response | None, failure: FailureCause | None, detail: str) -> Exchange:
        return Exchange(
            request=self.request,
            started_at=self.started_at,
            duration_ms=round((now - self.began) * 1000),
            response=response,
            failure=failure,
            detail=detail,
        )


def exchange_of(flight: Flight, ended: Ended, now: float) -> Exchange:
    """What came of a transfer that libcurl has ended; it ends one with an error too where this side wants no more."""
    if flight.handle is None or ended.code == pycurl.E_OPERATION_TIMEDOUT:
        return flight.timed_out(now)
    answer = flight.handle.answer
    if ended.code == pycurl.E_OK or answer.is_truncated:
        return flight.succeeded(now, answer.response())
    if answer.problem is not None:
        return flight.failed(now, FailureCause.BAD_RESPONSE, answer.problem, answer.response())
    if flight.handle.refused_address is not None and not answer.is_begun:
        return flight.blocked(now, "leads to an address that was not vetted")
    cause, detail = cause_of(ended.code, ended.message)
    return flight.failed(now, cause, detail, answer.response())
