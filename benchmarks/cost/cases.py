"""The measured cases, the aims of some, and what a reader of the figures must know."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from benchmarks.cost import bill
from benchmarks.cost.scenario import QUIET, THROUGHPUT, WEBHOOKS, Scenario, Way

_WIDE: Final = Scenario(fan_out=10)
_NARROW: Final = Scenario(fan_out=1)
_NONE_KEPT: Final = replace(_NARROW, is_kept=False)
AIMS: Final = {_WIDE: 1.50, _NARROW: 2.50, _NONE_KEPT: 2.50}
"""Dollars for a million deliveries: 1 KB, in through SQS, none failing."""
ALL: Final = (
    *(
        Scenario(size_bytes=size, fan_out=fan_out, is_failing=is_failing, way=way)
        for way in Way
        for size in (1_024, 4_096)
        for fan_out in (10, 1)
        for is_failing in (False, True)
    ),
    *(replace(case, profile=profile) for profile in (THROUGHPUT, QUIET) for case in (_WIDE, _NARROW)),
    *(replace(case, is_named=True) for case in (_WIDE, _NARROW)),
    *(replace(case, is_noise=True) for case in (_WIDE, _NARROW)),
    _NONE_KEPT,
)
QUICK: Final = (_WIDE, _NARROW, _NONE_KEPT)
_FULL_BATCH: Final = 500


def notifications(case: Scenario) -> int:
    """Enough notifications that batches are full, and that one attempt in twenty is a whole number."""
    if case.profile is THROUGHPUT:
        return _FULL_BATCH // case.fan_out
    return WEBHOOKS * (1 if case.fan_out > 1 else 2)


NOTES: Final = (
    (
        f"List prices of us-east-1, looked up {bill.price_date()}, without free tiers and volume discounts: "
        "benchmarks/cost/prices.json says where each is from, and which are from memory. Computed, not billed."
    ),
    (
        "For a million deliveries that succeeded. Write and read units are computed from the items, by DynamoDB's published "
        "rules. For tables the meter equals dynalite's count. Indexes, and the double price of their transactions, follow "
        "only the rules."
    ),
    (
        "Batches of the latency profile (10, no window) are full while messages arrive faster than the pollers ask. Below "
        "that rate they have only messages that were sent together. 'latency, quiet' has one message in each batch: the "
        "most expensive case. A real service is between the two. A window of a second (the throughput profile) is full "
        "from 500 messages a second."
    ),
    (
        "Busy sources send ten notifications in a request. One by one costs $0.36 more at fan-out 1, $0.04 at 10. "
        "What the notifications of a batch have in common (who is subscribed to all of a type) is read once. The actor and "
        "the target differ and are read for each: one read, and two more for a user with more than 30 subscriptions."
    ),
    (
        f"Lambda time: CPU measured on loopback, at the function's share of a core (memory / 1,769 MB), {bill.RECEIVER_MS} "
        f"ms for receivers, {bill.ROUND_TRIP_MS} ms for each request to AWS, one by one. Without cold starts."
    ),
    (
        "Storage (30 days of history, 7 of notifications, 100 bytes more for each item), point-in-time recovery and data "
        "out are not in the total: the sender pays for data out, and history is kept for HISTORY_DAYS. Data out is "
        "without TLS and TCP."
    ),
    (
        "The idle cost of a month, cold starts, and the bytes of TLS in data out are in docs/operate/operations.md, under "
        "Cost."
    ),
    "The contents compress to half their size, like typical JSON. 'incompressible' has random tokens instead.",
)
