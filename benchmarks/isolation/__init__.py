"""What sick receivers cost the healthy ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.figures import Findings


def measure(*, is_quick: bool) -> Findings:
    """In a simulated account, in virtual time."""
    from benchmarks.isolation import simulated  # noqa: PLC0415 - it is heavy

    return simulated.measure(is_quick=is_quick)
