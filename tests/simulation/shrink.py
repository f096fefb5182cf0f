"""Makes a failing run smaller: leaves out webhooks, tasks of people and faults as long as it fails in the same way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from chalicelib.domain.errors import PosthornError
from tests.simulation.cuts import NO_CUTS, Cuts
from tests.simulation.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

RUNS_MAX: Final = 400
"""The most runs for a failing seed. Then the smallest one so far is used."""
BROKEN: Final = (AssertionError, PosthornError, KeyError)
"""What a run raises if a promise is broken, or if it crashes."""


@dataclass(frozen=True, slots=True)
class Failing:
    """A failing run: what was left out of it, and what it broke."""

    seed: int
    cuts: Cuts
    scenario: Scenario
    error: BaseException

    @property
    def promise(self) -> str:
        """The name of the first broken promise. A smaller run that breaks another one is not the same failure."""
        return str(self.error).partition(":")[0] or type(self.error).__name__


def failing(seed: int, cuts: Cuts = NO_CUTS) -> Failing | None:
    """Run a seed; ``None`` if nothing was broken."""
    scenario = Scenario(seed, cuts)
    try:
        scenario.run()
        scenario.reckon()
    except BROKEN as error:
        return Failing(seed, cuts, scenario, error)
    return None


def shrunk(found: Failing, runs_max: int = RUNS_MAX) -> Failing:
    """The smallest run that fails in the same way, within the limit on runs."""
    runs = 0
    is_smaller = True
    while is_smaller:
        is_smaller = False
        for cuts in _smaller(found):
            if runs >= runs_max:
                return found
            runs += 1
            smaller = failing(found.seed, cuts)
            if smaller is not None and smaller.promise == found.promise:
                found, is_smaller = smaller, True
                break
    return found


def _smaller(found: Failing) -> Iterator[Cuts]:
    """What else can be left out: first large parts, then single items."""
    scenario, cuts = found.scenario, found.cuts
    kinds = {
        "errands": set(scenario.people.planned) - cuts.errands,
        "webhooks": set(range(scenario.people.made_count)) - cuts.webhooks,
        "mishaps": {each.number for each in scenario.chaos.mishaps},
    }
    sizes = {kind: _halves(len(left)) for kind, left in kinds.items()}
    for step in range(max(map(len, sizes.values()), default=0)):
        for kind, left in kinds.items():
            if step < len(sizes[kind]):
                for part in _parts(sorted(left), sizes[kind][step]):
                    yield replace(cuts, **{kind: getattr(cuts, kind) | part})


def _halves(count: int) -> list[int]:
    """The whole, its half, and so on to one."""
    sizes = []
    while count:
        sizes.append(count)
        count //= 2
    return sizes


def _parts(left: list[int], size: int) -> Iterator[frozenset[int]]:
    for start in range(0, len(left), size):
        yield frozenset(left[start : start + size])
