"""The regression guard: requests, consumed units and bytes of small scenarios, against the file that is committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.cost import counts
from benchmarks.cost.counts import SCENARIOS

if TYPE_CHECKING:
    from benchmarks.cost.scenario import Scenario

RENEW = "This is not what benchmarks/results/counts.json says. If it is meant to be so, `make counts` writes it anew."
BYTES_SHARE = 0.01
"""Another build of zlib may compress a little better or worse."""


def _lines(found: dict[str, dict[str, float]]) -> dict[str, float]:
    return {f"{kind}: {what}": amount for kind, lines in found.items() for what, amount in lines.items()}


def _is_other(line: str, old: float, new: float) -> bool:
    return abs(new - old) > BYTES_SHARE * old if " bytes: " in line else new != old


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.name)
def test_a_scenario_uses_what_it_used_before(scenario: Scenario) -> None:
    before = _lines(counts.kept().get(scenario.name, {}))
    now = _lines(counts.counted(scenario, SCENARIOS[scenario]))
    changed = {
        line: f"{before.get(line, 0):g} → {now.get(line, 0):g}"
        for line in sorted(before | now)
        if _is_other(line, before.get(line, 0), now.get(line, 0))
    }
    assert not changed, f"{RENEW} {changed}"


def test_the_file_has_these_scenarios_and_no_other() -> None:
    assert set(counts.kept()) == {each.name for each in SCENARIOS}, RENEW
