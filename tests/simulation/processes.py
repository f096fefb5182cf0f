"""Processes: each is one invocation of a function, or one request, in an execution environment.

As in Lambda, an environment serves one invocation after another, and memory lives as long as the environment. An environment
whose process died is not used again. The next invocation starts in a new one with its own clock ("Understanding the Lambda
execution environment lifecycle", docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Self

import greenlet

from tests.simulation import template

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from chalicelib.composition import process as composition
    from tests.simulation.clocks import SimClock
    from tests.simulation.queues import Received

WORKERS: Final = frozenset({"notifications", "accepted", "deliveries", "slow-deliveries", "background", "schedule"})
"""Processes that an event starts. All others are requests to the API."""


class Died(BaseException):
    """Kills the process. Nothing may catch it."""


class Process(greenlet.greenlet):
    """A process, its environment and its timeout. `chain` counts the invocations that led to it, by function."""

    def __init__(
        self,
        name: str,
        work: Callable[[], object],
        environment: composition.Process,
        started_at: datetime,
        taken: Sequence[Received] = (),
        chain: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__(work)
        self.name = name
        self.environment = environment
        self.started_at = started_at
        self.is_worker = name in WORKERS
        self.late_at = started_at + timedelta(seconds=template.timeout_s(name if self.is_worker else "api"))
        self.taken = taken
        self.chain = chain
        self.frozen_until = started_at
        self.ended_at: datetime | None = None
        self.is_lost = False
        self.is_late = False
        self.has_mishap = False

    def __repr__(self) -> str:
        return f"{self.name} since {self.started_at:%H:%M:%S}"

    @classmethod
    def here(cls) -> Self | None:
        """The process that is running; ``None`` if none is."""
        running = greenlet.getcurrent()
        return running if isinstance(running, cls) else None

    def freeze(self, time: timedelta, now: datetime) -> None:
        """Stop for a time that does not count towards the timeout. A frozen process cannot be killed."""
        self.frozen_until = now + time
        self.late_at += time


class Here:
    """The composed service of the running process, which the workers use."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as an environment has it
        process = Process.here()
        assert process is not None, "workers run in processes"
        return getattr(process.environment, name)


class Processes:
    """The running processes, and the environments that wait for their next invocation."""

    def __init__(self, clock: SimClock, new: Callable[[], composition.Process]) -> None:
        self.running: list[Process] = []
        self.all: list[Process] = []
        """All processes in the order of their start."""
        self._clock = clock
        self._new = new
        self._warm: dict[str, list[composition.Process]] = {}

    @property
    def awake(self) -> list[Process]:
        now = self._clock.at
        return [each for each in self.running if each.frozen_until <= now]

    def start(
        self,
        name: str,
        work: Callable[[], object],
        taken: Sequence[Received] = (),
        chain: Mapping[str, int] | None = None,
    ) -> Process:
        """Start a process, in a warm environment if there is one."""
        warm = self._warm.get(name)
        environment = warm.pop() if warm else self._new()

        def body() -> None:
            try:
                work()
            except Died:
                process.is_lost = True

        process = Process(name, body, environment, self._clock.at, taken, chain)
        self.running.append(process)
        self.all.append(process)
        return process

    def resume(self, process: Process) -> None:
        """Run a process until it pauses or ends."""
        self._clock.advance(0.001)
        process.parent = greenlet.getcurrent()
        process.switch()
        if process.dead:
            process.ended_at = self._clock.at
            self.running.remove(process)
            if not process.is_lost:
                self._warm.setdefault(process.name, []).append(process.environment)

    def kill_the_late(self) -> None:
        """Kill processes that have run longer than their timeout, as Lambda does."""
        now = self._clock.at
        for process in [each for each in self.running if each.late_at < now]:
            process.parent = greenlet.getcurrent()
            process.is_late = True
            process.throw(Died)
            process.ended_at = now
            self.running.remove(process)
