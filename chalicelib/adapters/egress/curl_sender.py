"""The HTTP sender on libcurl. It parses, resolves, vets, connects and reads, with a limit on each step."""

from __future__ import annotations

import heapq
import logging
import time
from collections import deque
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import certifi

from chalicelib.adapters.egress import descriptors
from chalicelib.adapters.egress.connections import IdleConnections
from chalicelib.adapters.egress.flight import Flight, exchange_of
from chalicelib.adapters.egress.handle import Handle
from chalicelib.adapters.egress.multi import Multi
from chalicelib.adapters.egress.policy import may_carry_secrets
from chalicelib.adapters.egress.resolver import Resolution
from chalicelib.domain.delivery.attempt import FailureCause
from chalicelib.domain.errors import InvalidInput, RefusedUrl
from chalicelib.domain.webhooks import headers, urls

if TYPE_CHECKING:
    import pycurl

    from chalicelib.adapters.egress.limits import Limits
    from chalicelib.adapters.egress.multi import Ended
    from chalicelib.adapters.egress.resolver import Resolver
    from chalicelib.delivery.ports import Dispatch
    from chalicelib.domain.delivery.attempt import Exchange, OutboundRequest
    from chalicelib.domain.webhooks.addresses import AddressPolicy
    from chalicelib.domain.webhooks.urls import ReceiverUrl
    from chalicelib.ports import Clock

log = logging.getLogger(__name__)

_SECRETS_OVER_HTTP: Final = (
    "Secrets are not sent over http. Change the URL of the webhook, or its tokenUrl, to https, or remove its headers and "
    "authentication."
)


class CurlSender:
    """Sends requests to untrusted addresses, all in flight at once. It is not thread-safe.

    Connections stay open between calls. Two timers enforce each request's deadline: libcurl's total timeout, and this
    class's own, which takes the transfer from libcurl in any state.
    """

    def __init__(
        self,
        limits: Limits,
        policy: AddressPolicy,
        resolver: Resolver,
        clock: Clock,
        *,
        ca_file: str | None = None,
        idle_max: int = descriptors.IDLE_CONNECTIONS_MAX,
    ) -> None:
        self._limits = limits
        self._policy = policy
        self._resolver = resolver
        self._clock = clock
        self._ca_file = ca_file or certifi.where()
        self._multi = Multi(idle_max)
        self._idle = IdleConnections(clock)
        self._idle_handles: list[Handle] = []
        self._in_flight: set[Flight] = set()
        self._by_curl: dict[pycurl.Curl, Flight] = {}
        self._deadlines: list[tuple[float, int, Flight]] = []
        self._numbers = count()
        self._resolved: deque[tuple[Flight, ReceiverUrl, Resolution]] = deque()
        self._late: deque[Any] = deque()
        self._ended: deque[tuple[Any, Exchange]] = deque()

    def exchange_all(self, dispatch: Dispatch[Any]) -> None:
        """Start the requests of `dispatch` as soon as it supplies them; return when all have ended and it has no more.

        If `dispatch` raises, the exception is passed on. Requests in flight are abandoned and their connections closed.
        """
        try:
            self._start_all(dispatch)
            while self._in_flight or self._ended:
                self._turn()
                while self._late:
                    dispatch.late(self._late.popleft())
                while self._ended:
                    dispatch.done(*self._ended.popleft())
                    self._start_all(dispatch)
        finally:
            self._abandon_all()

    def close(self) -> None:
        """Close all idle connections."""
        for handle in self._idle_handles:
            handle.curl.close()
        self._idle_handles.clear()
        self._multi.close()

    def _start_all(self, dispatch: Dispatch[Any]) -> None:
        while (supplied := dispatch.next()) is not None:
            self._start(*supplied, dispatch.late_after_s)

    def _start(self, purpose: Any, request: OutboundRequest, late_after_s: float) -> None:  # noqa: ANN401 - the dispatch's
        flight = Flight(purpose, request, self._clock.now(), time.monotonic())
        self._in_flight.add(flight)
        heapq.heappush(self._deadlines, (flight.deadline, next(self._numbers), flight))
        heapq.heappush(self._deadlines, (flight.began + late_after_s, next(self._numbers), flight))
        try:
            url = urls.parse(request.url, allow_http=self._limits.allow_http)
            headers.require_sendable(request.headers)
        except (InvalidInput, RefusedUrl) as error:
            self._end(flight, flight.failed(time.monotonic(), FailureCause.BAD_REQUEST, error.message))
        else:
            self._look_up(flight, url)

    def _look_up(self, flight: Flight, url: ReceiverUrl) -> None:
        def on_resolved(resolution: Resolution) -> None:
            self._resolved.append((flight, url, resolution))
            self._multi.wake()

        if urls.is_literal(url.host):
            self._connect(flight, url, Resolution((url.host,)))
        elif (kind := self._policy.refused_name(url.host)) is not None:
            self._end(flight, flight.blocked(time.monotonic(), f"is {kind}"))
        else:
            self._resolver.submit(url.host, on_resolved)

    def _connect(self, flight: Flight, url: ReceiverUrl, resolution: Resolution) -> None:
        """Vet all addresses and pass the request to libcurl. A resolution that came too late is dropped."""
        now = time.monotonic()
        policy = self._policy.of(may_reach_private=flight.request.may_reach_private)
        refusal = policy.first_refusal(resolution.addresses, url.port)
        if flight.is_over:
            return
        if resolution.problem is not None:
            self._end(flight, flight.failed(now, FailureCause.DNS, f"{url.host} was not found: {resolution.problem}."))
        elif refusal is not None:
            self._end(flight, _blocked(flight, url, *refusal, now))
        elif _has_secrets(flight.request) and not may_carry_secrets(url, resolution.addresses):
            self._end(flight, flight.failed(now, FailureCause.BAD_REQUEST, _SECRETS_OVER_HTTP))
        else:
            flight.handle = self._idle_handles.pop() if self._idle_handles else self._new_handle()
            flight.handle.load(flight.request, url, resolution.addresses, flight.deadline - now, policy)
            self._by_curl[flight.handle.curl] = flight
            self._multi.add(flight.handle.curl)

    def _new_handle(self) -> Handle:
        return Handle(self._limits, self._idle, self._ca_file)

    def _turn(self) -> None:
        """Process what is ready. Wait for the next event only if there is nothing to report."""
        for ended in self._multi.turn(time.monotonic() if self._ended else self._next_deadline()):
            self._finish(ended)
        while self._resolved:
            self._connect(*self._resolved.popleft())
        now = time.monotonic()
        while self._deadlines and self._next_deadline() <= now:
            self._on_timer(heapq.heappop(self._deadlines)[2], now)

    def _on_timer(self, flight: Flight, now: float) -> None:
        """A request in flight is late, or has reached its deadline."""
        if flight.deadline <= now:
            self._end(flight, flight.timed_out(now))
        else:
            self._late.append(flight.purpose)

    def _next_deadline(self) -> float:
        """When the next request in flight is late or must end. Times of requests that have ended are dropped."""
        while self._deadlines and self._deadlines[0][2].is_over:
            heapq.heappop(self._deadlines)
        return self._deadlines[0][0] if self._deadlines else float("inf")

    def _finish(self, ended: Ended) -> None:
        flight, now = self._by_curl[ended.curl], time.monotonic()
        if flight.handle is not None and flight.handle.is_stale:
            self._multi.remove(ended.curl)
            flight.handle.reload(flight.deadline - now)
            self._multi.add(ended.curl)
        else:
            self._idle.note(ended.curl)
            self._end(flight, exchange_of(flight, ended, now))

    def _end(self, flight: Flight, exchange: Exchange) -> None:
        self._release(flight)
        self._ended.append((flight.purpose, exchange))

    def _release(self, flight: Flight) -> None:
        flight.is_over = True
        self._in_flight.discard(flight)
        if flight.handle is not None:
            self._multi.remove(flight.handle.curl)
            del self._by_curl[flight.handle.curl]
            flight.handle.unload()
            self._idle_handles.append(flight.handle)
            flight.handle = None

    def _abandon_all(self) -> None:
        for flight in list(self._in_flight):
            self._release(flight)
        self._ended.clear()
        self._late.clear()
        self._deadlines.clear()


def _has_secrets(request: OutboundRequest) -> bool:
    return request.has_secret_body or headers.have_secrets(request.headers)


def _blocked(flight: Flight, url: ReceiverUrl, address: str, kind: str, now: float) -> Exchange:
    """An exchange without a request. The address is only logged for the operator; the owner's record has its kind."""
    log.info("receiver.blocked", extra={"url": url.masked, "address": address, "kind": kind})
    return flight.blocked(now, f"leads to {kind}")
