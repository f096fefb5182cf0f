"""What the template declares about the functions and queues that the simulation models."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from infra import declaration

FUNCTIONS: Final = {
    "notifications": "Notify",
    "accepted": "Notify",
    "deliveries": "Deliver",
    "slow-deliveries": "DeliverSlow",
    "background": "Background",
}
"""The function that reads each queue."""
_ALL: Final = {**FUNCTIONS, "schedule": "Schedule", "api": "APIHandler"}
_QUEUES: Final = {
    "notifications": "NotificationsQueue",
    "accepted": "AcceptedQueue",
    "deliveries": "DeliveriesQueue",
    "slow-deliveries": "SlowDeliveriesQueue",
    "background": "BackgroundQueue",
}


@cache
def _resources() -> dict[str, Any]:
    found: dict[str, Any] = declaration.declaration()["Resources"]
    return found


@cache
def timeout_s(name: str) -> int:
    """The seconds after which Lambda ends an invocation for a queue, of the schedule or of the API."""
    return int(_resources()[_ALL[name]]["Properties"]["Timeout"])


@cache
def visibility_s(queue: str) -> int:
    """The visibility timeout in seconds."""
    return int(_resources()[_QUEUES[queue]]["Properties"]["VisibilityTimeout"])


@cache
def may_loop() -> frozenset[str]:
    """The functions with `RecursiveLoop: Allow`."""
    properties = {each: _resources()[each]["Properties"] for each in FUNCTIONS.values()}
    return frozenset(name for name, each in properties.items() if each.get("RecursiveLoop") == "Allow")
