"""Batches that a test sends step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.delivery.dispatch import DispatchRules
from chalicelib.delivery.outbound import RequestRules
from tests.domain.samples import SCHEDULE

if TYPE_CHECKING:
    from chalicelib.delivery.dispatch import BatchDispatch

RULES = DispatchRules(
    in_flight_max=4,
    in_flight_per_webhook_max=2,
    sending_s=20,
    requests=RequestRules(10, "Posthorn/1"),
    slow_after_s=1,
    schedule=SCHEDULE,
)


def start_all(dispatch: BatchDispatch) -> list[str]:
    """Start what may be started now; return the tokens."""
    started = []
    while (given := dispatch.next()) is not None:
        started.append(given[0])
    return started
