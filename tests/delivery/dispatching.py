"""Batches that a test sends step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.delivery.flights import TokenFlight
from chalicelib.delivery.outbound import RequestRules
from chalicelib.delivery.rules import DispatchRules
from chalicelib.delivery.scheduler import Limits
from tests.domain.samples import SCHEDULE

if TYPE_CHECKING:
    from chalicelib.delivery.dispatch import BatchDispatch
    from chalicelib.delivery.flights import Flight

RULES = DispatchRules(
    limits=Limits(in_flight_max=4, in_flight_per_webhook_max=2, sending_s=20),
    requests=RequestRules(10, "Posthorn/1"),
    slow_after_s=1,
    schedule=SCHEDULE,
)


def start_all(dispatch: BatchDispatch) -> list[Flight]:
    """Start what may be started now."""
    started = []
    while (given := dispatch.next()) is not None:
        started.append(given[0])
    return started


def name_of(flight: Flight) -> str:
    """The record id of an attempt; the webhook's id, if it is for a token."""
    return flight.webhook.id if isinstance(flight, TokenFlight) else str(flight.passed.attempt.record_id)
