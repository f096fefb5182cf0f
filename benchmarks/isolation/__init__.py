"""What slow and failing receivers cost healthy ones: in a simulated account in virtual time, and through `make run`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.figures import Findings


def measure(*, is_quick: bool) -> Findings:
    """Measure both, one after the other."""
    from benchmarks.engine import isolation  # noqa: PLC0415 - it loads the service's clients
    from benchmarks.figures import Findings  # noqa: PLC0415
    from benchmarks.isolation import simulated  # noqa: PLC0415 - it is heavy

    both = simulated.measure(is_quick=is_quick), isolation.measure(is_quick=is_quick)
    return Findings(
        figures=[figure for found in both for figure in found.figures],
        plots=[plot for found in both for plot in found.plots],
        notes=[note for found in both for note in found.notes],
    )
