"""What a handful of small scenarios use, as counts: what the regression guard compares.

    python -m benchmarks.cost.counts, which writes benchmarks/results/counts.json

Clock, ids and contents are the same in every run, so the counts are. Only the bytes of what is compressed move by a few,
where another build of zlib does it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from benchmarks.cost.scenario import QUIET, Scenario, Way, run

FILE: Final = Path(__file__).parents[1] / "results" / "counts.json"
SCENARIOS: Final = {
    Scenario(): 2,
    Scenario(is_failing=True): 2,
    Scenario(fan_out=1): 10,
    Scenario(size_bytes=4_096): 2,
    Scenario(way=Way.HTTPS): 2,
    Scenario(is_named=True): 2,
    Scenario(way=Way.HTTPS, is_named=True): 2,
    Scenario(profile=QUIET): 1,
}
"""Each with the notifications that it sends."""

Counts = dict[str, dict[str, dict[str, float]]]
"""Scenario → kind → line → amount."""


def counted(scenario: Scenario, notifications: int) -> dict[str, dict[str, float]]:
    """What one scenario uses."""
    usage = run(scenario, notifications).usage
    kinds = sorted({use.kind for use in usage})
    return {kind.value: dict(sorted(usage.of(kind).items())) for kind in kinds}


def all_counted() -> Counts:
    """What all of them use."""
    return {scenario.name: counted(scenario, notifications) for scenario, notifications in SCENARIOS.items()}


def kept() -> Counts:
    """What the file says that they use."""
    found: Counts = json.loads(FILE.read_text())
    return found


def main() -> None:
    """Write the file anew."""
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(all_counted(), indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
