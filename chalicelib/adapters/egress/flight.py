"""A request in flight, from its start to its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pycurl

from chalicelib.adapters.egress.causes import break_of, cause_of
from chalicelib.domain.delivery.attempt import Exchange, FailureCause

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.adapters.egress.handle import Handle
    from chalicelib.adapters.egress.multi import Ended
    from chalicelib.adapters.egress.response_reader import ResponseReader
    from chalicelib.domain.delivery.attempt import OutboundRequest, Response


@dataclass(slots=True, eq=False)
class Flight:
    """A request in flight. `began` and `deadline` are monotonic times; `handle` is set while libcurl processes it.

    `purpose` is what the dispatch says that the request is for.
    """

    purpose: Any
    request: OutboundRequest
    started_at: datetime
    began: float
    handle: Handle | None = None
    is_over: bool = False

    @property
    def deadline(self) -> float:
        """When the request ends at the latest."""
        return self.began + self.request.deadline_s

    def answered(self, now: float, response: Response | None, flaw: str = "", *, is_timed_out: bool = False) -> Exchange:
        """The exchange with a response whose status decides; `flaw` says what is wrong with its body."""
        return self._ended(now, response, None, flaw, is_timed_out=is_timed_out)

    def failed(self, now: float, failure: FailureCause, detail: str, response: Response | None = None) -> Exchange:
        """The exchange without a valid response; `response` is what was received of it."""
        return self._ended(now, response, failure, detail)

    def blocked(self, now: float, why: str) -> Exchange:
        """The exchange without a request, because the host or one of its addresses may not be called."""
        return self.failed(now, FailureCause.BLOCKED_ADDRESS, f"The receiver's host {why}.")

    def timed_out(self, now: float) -> Exchange:
        """The exchange at its deadline: during the lookup, before a response, or in the middle of one."""
        within = f"within {self.request.deadline_s:g} s"
        if self.handle is None:
            return self.failed(now, FailureCause.DNS, f"The receiver's name was not resolved {within}.")
        reader = self.handle.reader
        if not reader.is_begun:
            return self.failed(now, FailureCause.TIMEOUT, f"The receiver did not answer {within}.")
        if self.has_verdict:
            return self.answered(
                now, reader.response(is_whole=False), _incomplete(f"it did not end {within}"), is_timed_out=True
            )
        detail = f"The receiver answered before it had read the whole request, and did not read the rest {within}."
        return self.failed(now, FailureCause.TIMEOUT, detail, reader.response(is_whole=False))

    @property
    def has_verdict(self) -> bool:
        """Whether the response's status decides: its headers are complete, and for a success the whole request was sent."""
        if self.handle is None or not self.handle.reader.is_begun:
            return False
        return not self.handle.reader.is_success or self.handle.has_sent(len(self.request.body))

    def _ended(
        self, now: float, response: Response | None, failure: FailureCause | None, detail: str, *, is_timed_out: bool = False
    ) -> Exchange:
        return Exchange(
            request=self.request,
            started_at=self.started_at,
            duration_ms=round((now - self.began) * 1000),
            response=response,
            failure=failure,
            detail=detail,
            is_timed_out=is_timed_out,
        )


def exchange_of(flight: Flight, ended: Ended, now: float) -> Exchange:
    """The result of a transfer that libcurl has ended. It reports an error too if this side stopped reading."""
    handle = flight.handle
    if handle is None or ended.code == pycurl.E_OPERATION_TIMEDOUT:
        return flight.timed_out(now)
    reader = handle.reader
    if ended.code == pycurl.E_OK or (reader.is_truncated and flight.has_verdict):
        flaw = _incomplete(reader.broken_coding) if reader.broken_coding is not None else ""
        return flight.answered(now, reader.response(is_whole=True), flaw)
    if flight.has_verdict:
        return flight.answered(
            now, reader.response(is_whole=False), _incomplete(reader.problem or break_of(ended.code, ended.message))
        )
    if handle.refused_address is not None and reader.problem is None and not reader.is_begun:
        return flight.blocked(now, "leads to an address that was not vetted")
    return flight.failed(now, *_cause(reader, ended), reader.response(is_whole=False))


def _cause(reader: ResponseReader, ended: Ended) -> tuple[FailureCause, str]:
    """Why there is no valid response."""
    if reader.is_begun:
        return cause_of(ended.code, ended.message)[0], "The receiver answered before it had read the whole request."
    return (FailureCause.BAD_RESPONSE, reader.problem) if reader.problem is not None else cause_of(ended.code, ended.message)


def _incomplete(why: str) -> str:
    return f"Its body is incomplete: {why}."
