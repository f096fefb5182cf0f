"""One run: processes start, run and die, queues are processed, and meanwhile people act."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from chalicelib.composition import process
from chalicelib.domain.errors import PosthornError
from chalicelib.workers import background, deliver, notify, schedule
from testbed.events import scheduled_event
from testbed.messages import event
from tests.simulation import loops, template
from tests.simulation.chaos import CALM, MILD, STORM, Chaos
from tests.simulation.clocks import SimClock
from tests.simulation.cuts import NO_CUTS
from tests.simulation.people import People
from tests.simulation.processes import Here, Processes
from tests.simulation.queues import received
from tests.simulation.reading import read
from tests.simulation.reckoning import reckon
from tests.simulation.world import World

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tests.simulation.cuts import Cuts
    from tests.simulation.oracle.facts import Facts
    from tests.simulation.queues import Received, SimMessage, SimQueue

WORKERS_MAX: Final = 4
STEPS_MAX: Final = 60_000
CHAOS_STEPS: Final = 1_500
WEATHERS: Final = (STORM, STORM, MILD, STORM, STORM, MILD, STORM, STORM, MILD, CALM)
"""By the seed's last digit. The fewer faults, the more the checks can require."""
LULL: Final = timedelta(minutes=10)
"""If no sweep has anything to do for this long, none is run, to save time."""
BATCH_MAX: Final = {"background": 1}
"""Messages in a batch of a function, if not ten."""

_HANDLERS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "notifications": notify.notify,
    "accepted": notify.notify,
    "deliveries": deliver.deliver,
    "slow-deliveries": deliver.deliver_slow,
    "background": background.background,
}


class Scenario:
    """The run of a seed."""

    def __init__(self, seed: int, cuts: Cuts = NO_CUTS) -> None:
        self.clock = SimClock()
        self.chaos = Chaos(seed, self.clock, WEATHERS[seed % len(WEATHERS)], cuts.mishaps)
        self.world = World(self.chaos, self._between)
        self.processes = Processes(self.clock, self.world.environment)
        self.people = People(self.world, self.chaos, self._run, cuts)
        self._next_tick = self.clock.now()

    def run(self) -> None:
        """Let it happen, then let it come to rest."""
        with process.using(cast("process.Process", Here())):
            for step in range(STEPS_MAX):
                goes_on = self._step()
                if step >= CHAOS_STEPS or not goes_on:
                    self.chaos.is_on = False
                if not goes_on and not self._redrive():
                    return
        message = f"it did not come to rest within {STEPS_MAX} steps"
        raise AssertionError(message)

    def reckon(self) -> None:
        """Raise `AssertionError` if a promise was broken."""
        reckon(self.world, self.people, self.facts())

    def facts(self) -> Facts:
        """The inputs and outputs of the run."""
        return read(self.world, self.people, self.processes.all, self.chaos)

    def _redrive(self) -> bool:
        """Put the dead letters back, as the operator does after a problem; ``False`` if there are none."""
        dead = [queue for queue in self.world.queues.values() if queue.dead]
        for queue in dead:
            queue.redrive()
        return bool(dead) or any(queue.messages for queue in self.world.queues.values())

    def _step(self) -> bool:
        """Start a process, continue one, or let time pass; ``False`` if nothing is left to do."""
        now = self.clock.now()
        self.processes.kill_the_late()
        self.people.do_what_is_due(now)
        awake = self.processes.awake
        choices: list[Callable[[], None]] = [partial(self.processes.resume, process) for process in awake]
        if len(awake) < WORKERS_MAX:
            choices += [partial(self._work, queue) for queue in self.world.queues.values() if queue.has_visible(now)]
            if self._next_tick <= now:
                choices.append(self._tick)
        if choices:
            self.chaos.random.choice(choices)()
            return True
        return self._let_time_pass(now)

    def _let_time_pass(self, now: datetime) -> bool:
        moments = [message.visible_at for queue in self.world.queues.values() for message in queue.messages]
        moments += [*self.people.next_at, *(process.frozen_until for process in self.processes.running)]
        is_owed = self._owes(now + timedelta(days=30))
        if not moments and not is_owed:
            return False
        tick = self._next_tick if self._owes(now + LULL + timedelta(minutes=2)) else max(self._next_tick, now + LULL)
        self.clock.at = max(now, min([*moments, tick] if is_owed or not moments else moments))
        self._next_tick = max(self._next_tick, self.clock.at)
        return True

    def _owes(self, by: datetime) -> bool:
        """Whether the sweep would find something by then."""
        world = self.world
        stores = (world.history.due, world.held.due, world.waiting.due, world.store.unpurged, world.directory.owner_notes)
        return any(due(by, 1) for due in stores)

    def _work(self, queue: SimQueue) -> None:
        """Invoke the function of a queue with a batch, unless Lambda refuses that."""
        taken = queue.receive(self.chaos.random.randint(1, BATCH_MAX.get(queue.name, 10)))
        function = template.FUNCTIONS[queue.name]
        chain = loops.chain_of(function, [message.chain for message in taken])
        if loops.is_refused(function, chain):
            self._refuse(queue, taken, function)
        elif taken:
            batch = [received(message) for message in taken]
            given = event(queue.name, taken)
            self._run(queue.name, lambda: self._handle(queue, given, batch), batch, chain)

    def _refuse(self, queue: SimQueue, taken: list[SimMessage], function: str) -> None:
        self.world.observed.refused_loops.append(function)
        for message in taken:
            queue.set_aside(message)

    def _handle(self, queue: SimQueue, given: dict[str, Any], batch: list[Received]) -> None:
        answer = _HANDLERS[queue.name](given, None)
        again = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        for each in batch:
            if each.message.id not in again:
                queue.delete(each)

    def _tick(self) -> None:
        self._next_tick = self.clock.now() + timedelta(seconds=60)
        self._run("schedule", lambda: schedule.schedule(scheduled_event(), None))

    def _between(self, url: str) -> None:
        self.people.perhaps_delete(url)

    def _run(
        self, name: str, work: Callable[[], object], batch: list[Received] | None = None, chain: dict[str, int] | None = None
    ) -> None:
        def body() -> None:
            try:
                work()
            except PosthornError:
                return  # refused, deleted or paused; or no response, and a queue redelivers its messages

        process = self.processes.start(name, body, batch or (), chain)
        for each in batch or ():
            each.message.taken_by.append(process)
