"""Lambda's event source mappings: pollers that invoke a function with batches, up to its concurrency.

A cold mapping starts with five batches at once and adds up to 300 a minute while messages wait
(docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html), and each new environment has a cold start. Recursive loops
are refused as `testbed/aws/lineage.py` counts them. A function that runs longer than its timeout is killed: its running
calls have no further effect, and its messages become visible again after their visibility timeout.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

import greenlet

from testbed.account import costs
from testbed.account.chains import Invocation
from testbed.aws.limits import POLLERS_AT_FIRST, POLLERS_MORE_A_MINUTE
from testbed.aws.lineage import Lineage
from testbed.messages import event

if TYPE_CHECKING:
    from testbed.account.declared import Function
    from testbed.account.queues import FairQueue
    from testbed.account.virtual_time import VirtualTime
    from testbed.messages import Message

MEMORY_GB: Final = 0.5

Handler = Callable[[Any, Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Setting:
    """The state of a mapping when the load begins: warm with all environments, or cold with none."""

    name: str
    is_warm: bool


WARM: Final = Setting("warm", is_warm=True)
COLD: Final = Setting("from cold", is_warm=False)


@dataclass(slots=True)
class Meter:
    """A function's invocations: their duration, their time of waiting for receivers, and their maximum concurrency."""

    invocations: int = 0
    ran_s: float = 0.0
    waited_s: float = 0.0
    at_once: int = 0
    refused: int = 0
    killed: int = 0

    @property
    def gb_s(self) -> float:
        """Billed GB-seconds."""
        return self.ran_s * MEMORY_GB


class EventSource:
    """Invokes a handler with a queue's messages. `message_cpu_s` is the CPU of each message before the handler runs."""

    def __init__(
        self,
        queue: FairQueue,
        handler: Handler,
        time: VirtualTime,
        *,
        function: Function,
        setting: Setting,
        message_cpu_s: float = 0,
    ) -> None:
        self.meter = Meter()
        self._message_cpu_s = message_cpu_s
        self._queue = queue
        self._handler = handler
        self._time = time
        self._function = function
        self._at_once_max = at_once_max = function.at_once_max
        self._at_once_now_max = at_once_max if setting.is_warm else min(POLLERS_AT_FIRST, at_once_max)
        self._environments = at_once_max if setting.is_warm else 0
        self._busy = 0
        self._is_growing = False
        self._killed: list[Invocation] = []
        queue.on_visible = self._poll

    def _poll(self) -> None:
        while self._busy < self._at_once_now_max and (taken := self._queue.receive(self._function.batch_max)):
            self._invoke(taken)
        may_grow = self._at_once_now_max < self._at_once_max and not self._is_growing
        if may_grow and not self._queue.is_empty:
            self._is_growing = True
            self._time.at(self._time.now_s + 60 / POLLERS_MORE_A_MINUTE, self._grow)

    def _grow(self) -> None:
        self._is_growing = False
        if not self._queue.is_empty:
            self._at_once_now_max += 1
            self._poll()

    def _invoke(self, taken: list[Message]) -> None:
        chain = Lineage.of(map(self._queue.header_of, taken)).invoked(self._function.name)
        if chain.is_loop(self._function.name) and not self._function.allows_recursion:
            self.meter.refused += 1
            self._return(taken)
            return
        self._busy += 1
        self.meter.at_once = max(self.meter.at_once, self._busy)
        is_cold = self._busy > self._environments
        self._environments = max(self._environments, self._busy)
        invocation = Invocation(lambda: self._run(taken))
        invocation.chain = chain
        self._time.at(self._time.now_s + costs.HOP_S + (costs.COLD_START_S if is_cold else 0), invocation.switch)

    def _run(self, taken: list[Message]) -> None:
        began_s = self._time.now_s
        running = cast("Invocation", greenlet.getcurrent())
        self._time.at(began_s + self._function.timeout_s, partial(self._kill, running, taken))
        self._time.sleep(costs.INVOCATION_CPU_S + len(taken) * self._message_cpu_s)
        answer = self._handler(event(self._queue.name, taken), None)
        again = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        for message in taken:
            self._queue.settle(message, is_done=message.id not in again)
        self._end(running, self._time.now_s - began_s)

    def _kill(self, invocation: Invocation, taken: list[Message]) -> None:
        """Kill an invocation after its timeout, with its environment.

        It is kept, so that none of its `finally` blocks runs.
        """
        if invocation.dead:
            return
        invocation.is_killed = True
        self._killed.append(invocation)
        self.meter.killed += 1
        self._environments -= 1
        self._return(taken)
        self._end(invocation, self._function.timeout_s)

    def _return(self, taken: list[Message]) -> None:
        for message in taken:
            self._queue.settle(message, is_done=False)

    def _end(self, invocation: Invocation, ran_s: float) -> None:
        self.meter.invocations += 1
        self.meter.ran_s += ran_s
        self.meter.waited_s += invocation.waited_s
        self._busy -= 1
        self._poll()
