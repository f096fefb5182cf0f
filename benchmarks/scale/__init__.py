"""Scale: what grows with what, and what does not.

The use cases and adapters are the real ones, and each step is begun by a message as SQS hands it out. Tables stand on
dynalite, which carries a million items; the webhooks that are deleted on ministack, which knows transactions. Queues answer
without a network, count what goes to receivers, and keep what the service's own workers go on with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.figures import Findings


def measure(*, is_quick: bool) -> Findings:
    """Measure all of it, small or whole."""
    from benchmarks.scale import run, sizes  # noqa: PLC0415 - loaded when it is to measure

    return run.measure(sizes.QUICK if is_quick else sizes.FULL)
