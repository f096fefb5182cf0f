"""The cases that are measured, the aims for two of them, and what a reader of the figures has to know."""

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
    """So many that batches are full, and that one attempt in twenty is a whole number."""
    if case.profile is THROUGHPUT:
        return _FULL_BATCH // case.fan_out
    return WEBHOOKS * (1 if case.fan_out > 1 else 2)


NOTES: Final = (
    (
        f"List prices of us-east-1, looked up {bill.price_date()}, without free tiers and volume discounts: "
        "benchmarks/cost/prices.json says where each is from, and which are from memory. Computed, not billed."
    ),
    (
        "For a million deliveries that succeeded. Write and read units are computed from the items, by DynamoDB's "
        "published rules; the meter equals what dynalite says of its tables. Indexes, and that a transaction costs double "
        "there too, stand on the rules alone."
    ),
    (
        "Batches of the latency profile (10, no window) are full where something is always waiting: while messages come in "
        "faster than the pollers ask. Below that they are as full as what was sent together: 'latency, quiet' has every "
        "message alone, the dearest that it can be. What is true of a service lies between the two. A window of a second "
        "(the throughput profile) is full from 500 a second on."
    ),
    (
        "Sources send ten notifications to a request while it is busy; one by one is $0.36 more at fan-out 1, $0.04 at 10. "
        "What the notifications of a batch have in common (who is subscribed to all of a type) is read once for all; who "
        "did it and whom it is for differ in each, and are looked up for each: a read each, and two more for one "
        "who has more than 30 subscriptions."
    ),
    (
        f"Lambda time: CPU measured on loopback, at the function's share of a core (memory / 1,769 MB), {bill.RECEIVER_MS} "
        f"ms for receivers, {bill.ROUND_TRIP_MS} ms for each request to AWS, one by one. Cold starts are not in it."
    ),
    (
        "Storage (30 days of history, 7 of notifications, 100 bytes more an item), point-in-time recovery and data out "
        "stand beside the total: who sends pays for data out, and history is kept for as long as HISTORY_DAYS says. "
        "Data out has no TLS and no TCP in it."
    ),
    (
        "What a month costs while nothing happens, cold starts, and the bytes of TLS in data out are in "
        "docs/operate/operations.md, under Cost."
    ),
    "The contents compress to half, as the JSON of services does; 'incompressible' has random tokens instead.",
)
