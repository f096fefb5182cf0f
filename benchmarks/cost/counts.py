"""The usage of a few small scenarios, as counts, for the regression test.

    python -m benchmarks.cost.counts, which writes benchmarks/results/counts.json

Clock, ids and contents are the same in every run, and so are the counts. Only the number of compressed bytes differs
slightly between builds of zlib.
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
"""Each with its number of notifications."""

Counts = dict[str, dict[str, dict[str, float]]]
"""Scenario → kind → line → amount."""


def counted(scenario: Scenario, notifications: int) -> dict[str, dict[str, float]]:
    """The usage of one scenario."""
    usage = run(scenario, notifications).usage
    kinds = sorted({use.kind for use in usage})
    return {kind.value: dict(sorted(usage.of(kind).items())) for kind in kinds}


def all_counted() -> Counts:
    """The usage of all scenarios."""
    return {scenario.name: counted(scenario, notifications) for scenario, notifications in SCENARIOS.items()}


def kept() -> Counts:
    """The saved usage."""
    found: Counts = json.loads(FILE.read_text())
    return found


def main() -> None:
    """Write the file."""
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(all_counted(), indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
