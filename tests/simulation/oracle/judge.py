"""Checks a run against all promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulation.oracle import background, ends, owners, pace, times
from tests.simulation.oracle.facts import Difference

if TYPE_CHECKING:
    from tests.simulation.oracle.facts import Facts


def differences(facts: Facts) -> list[Difference]:
    """Every difference between what was promised and what happened."""
    found = [each for kind in (ends, times, pace, owners, background) for each in kind.differences(facts)]
    late = [run for run in facts.runs if run.is_late and not run.is_excused]
    return [*found, *(Difference("Functions end in time", run.name, f"began {run.started_at}") for run in late)]
