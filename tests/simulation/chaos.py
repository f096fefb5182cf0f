"""What can go wrong, decided by one seed: interleaving, crashes, refusals, lost responses, freezes.

Every process of the simulation is a greenlet. At each call of a port it may be interrupted by another one, stop for minutes,
die, or be refused before or after the call took effect. Only the seed decides the order, so a seed replays exactly.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

from chalicelib.concurrency import outcome
from chalicelib.domain.errors import Unavailable
from tests.simulation.clocks import pause
from tests.simulation.processes import Died, Process

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from tests.simulation.clocks import SimClock

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

_OF_MESSAGES: Final = frozenset({"duplicate", "early"})
"""Faults of a message. The process that receives it has an excuse."""
FREEZE_S: Final = (30, 900)
"""How long a frozen process stops: less than a lease, or more than any visibility timeout."""


@dataclass(frozen=True, slots=True)
class Odds:
    """The probability of each fault, for each call of a port or each message."""

    switch: float = 0.3
    death: float = 0.01
    refusal: float = 0.02
    lost_answer: float = 0.01
    duplicate: float = 0.05
    early: float = 0.05
    freeze: float = 0.001
    partial_write: float = 0.05


CALM: Final = Odds(death=0, refusal=0, lost_answer=0, duplicate=0, early=0, freeze=0, partial_write=0)
"""No faults. Only the order, the clocks and the indexes vary."""
MILD: Final = Odds(
    death=0.001, refusal=0.002, lost_answer=0.001, duplicate=0.005, early=0.005, freeze=0.0002, partial_write=0.005
)
"""Few faults, so that most attempts have no excuse for being made twice."""
STORM: Final = Odds()


@dataclass(frozen=True, slots=True)
class Mishap:
    """A fault: what, when, and in which process."""

    number: int
    kind: str
    at: datetime
    process: Process | None


class Chaos:
    """The decisions of a seed. `plans` decides what people do, so that this does not depend on the faults.

    `without` are numbers of mishaps that are left out: so a run is cut down to those that matter.
    """

    def __init__(self, seed: int, clock: SimClock, odds: Odds, without: Collection[int] = ()) -> None:
        self.random = random.Random(seed)  # noqa: S311 - it is to repeat itself
        self.plans = random.Random(f"plans of {seed}")  # noqa: S311 - it is to repeat itself
        self.clock = clock
        self.odds = odds
        self.is_on = True
        self.mishaps: list[Mishap] = []
        self._seed = seed
        self._asked: Counter[str] = Counter()
        self._without = without
        self._count = 0

    @property
    def is_calm(self) -> bool:
        return self.odds is CALM

    def chance(self, odds: float) -> bool:
        """Whether something happens that is not a fault; nothing does once the run must end."""
        return self.is_on and odds > 0 and self.random.random() < odds

    def luck(self, of: str) -> float:
        """A number from 0 to 1. It depends on the seed, the purpose and the number of calls for it, not on the order."""
        self._asked[of] += 1
        return random.Random(f"{self._seed} {of} {self._asked[of]}").random()  # noqa: S311 - it is to repeat itself

    def hits(self, kind: str) -> bool:
        """Whether a fault happens, by the name of its probability. It may excuse its effects on the process."""
        if not self.chance(getattr(self.odds, kind)):
            return False
        self._count += 1
        if self._count in self._without:
            return False
        process = Process.here()
        self.mishaps.append(Mishap(self._count, kind, self.clock.at, process))
        if process is not None and kind not in _OF_MESSAGES:
            process.has_mishap = True
        return True

    def before(self) -> None:
        """Called before a call of a port."""
        self.pass_time()
        if self.hits("refusal"):
            message = "refused by the simulation"
            raise Unavailable(message)

    def after(self) -> None:
        """Called after a call of a port has taken effect."""
        self.pass_time()
        if self.hits("lost_answer"):
            message = "answer lost by the simulation"
            raise Unavailable(message)

    def pass_time(self) -> None:
        """Let others run. The process may stop or die."""
        self.clock.advance(self.random.random() * 0.02)
        if self.random.random() < self.odds.switch:
            pause()
        process = Process.here()
        if process is not None and process.is_worker and self.hits("freeze"):
            self._freeze(process)
        if self.hits("death"):
            raise Died

    def concurrently(self, work: Callable[[_Item], _Result], items: Sequence[_Item], /) -> list[_Result | Exception]:
        """Make calls that may be made at once, in any order; between two of them others run, as within each."""
        order = self.random.sample(range(len(items)), len(items))
        found = {place: outcome(work, items[place]) for place in order}
        return [found[place] for place in range(len(items))]

    def _freeze(self, process: Process) -> None:
        """Stop for minutes. Then the process continues with old data: its leases are over, its messages were redelivered.

        Workers only: who called the API has its answer within 29 s, or none.
        """
        process.freeze(timedelta(seconds=self.random.uniform(*FREEZE_S)), self.clock.at)
        pause()


class Faulty:
    """A port whose calls all pass through the chaos."""

    def __init__(self, port: object, chaos: Chaos) -> None:
        self._port = port
        self._chaos = chaos

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the port has
        method = getattr(self._port, name)

        def call(*args: object, **kwargs: object) -> object:
            self._chaos.before()
            result = method(*args, **kwargs)
            self._chaos.after()
            return result

        return call
