"""Scale: what grows with what, and what does not.

The use cases and adapters are the real ones, and each step starts with a message as from SQS. Tables are on dynalite, which
can hold a million items. The tables of deleted webhooks are on ministack, which has transactions. Queues answer without a
network, count the deliveries, and keep the messages for the service's own workers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.figures import Findings


def measure(*, is_quick: bool) -> Findings:
    """Measure everything, small or full size."""
    from benchmarks.scale import run, sizes  # noqa: PLC0415 - loaded when it is to measure

    return run.measure(sizes.QUICK if is_quick else sizes.FULL)
