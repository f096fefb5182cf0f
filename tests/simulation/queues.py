"""SQS as it may behave: at least once, in any order, again while a worker has a message, dead-lettered after some receives.

A standard queue may deliver a copy of a message at any time, also while a worker has it, and also after it was deleted
("Amazon SQS at-least-once delivery", docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/
standard-queues-at-least-once-delivery.html).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from testbed.messages import Message
from tests.simulation import template
from tests.simulation.processes import Process

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.simulation.chaos import Chaos

RECEIVES_MAX = 30
EARLY_S: Final = 20.0
"""A message that is redelivered early is redelivered within this time, while its first worker still runs."""
_NO_CHAIN: Final[Mapping[str, int]] = {}


@dataclass(slots=True)
class SimMessage(Message):
    """One copy of a message."""

    chain: Mapping[str, int] = field(default_factory=dict)
    """The content of AWSTraceHeader: how often each function ran in the chain of requests that led to it."""
    sent_by: Process | None = None
    taken_by: list[Process] = field(default_factory=list)
    is_odd: bool = False
    """Whether the queue has redelivered it without need, on purpose. It is an excuse for the process that receives it."""


class Received(NamedTuple):
    """A message as a worker received it."""

    message: SimMessage
    receipt: str
    receive_count: int


@dataclass(slots=True)
class SimQueue:
    """A queue with its dead-letter queue."""

    name: str
    chaos: Chaos
    messages: list[SimMessage] = field(default_factory=list)
    dead: list[SimMessage] = field(default_factory=list)
    sent_count: int = 0

    def put(self, body: str, attributes: dict[str, str] | None = None, delay_s: float = 0) -> None:
        """Add a message, sometimes twice."""
        self.sent_count += 1
        now = self.chaos.clock.now()
        copies = 2 if self.chaos.hits("duplicate") else 1
        process = Process.here()
        chain = (process.chain if process is not None else None) or _NO_CHAIN
        for _ in range(copies):
            visible_at = now + timedelta(seconds=delay_s)
            message = SimMessage(
                f"{self.name}-{self.sent_count}",
                body,
                attributes or {},
                now,
                visible_at,
                chain=chain,
                sent_by=process,
                is_odd=copies > 1,
            )
            self.messages.append(message)

    def receive(self, count: int) -> list[SimMessage]:
        """Some of the visible messages, in no order; those tried too often are set aside."""
        now = self.chaos.clock.now()
        visible = [message for message in self.messages if message.visible_at <= now]
        taken = []
        for message in self.chaos.random.sample(visible, min(count, len(visible))):
            is_early = self.chaos.hits("early")
            hidden_s = self.chaos.random.random() * EARLY_S if is_early else template.visibility_s(self.name)
            message.is_odd |= is_early
            message.receive_count += 1
            message.visible_at = now + timedelta(seconds=hidden_s)
            if message.receive_count > RECEIVES_MAX:
                self.messages.remove(message)
                self.dead.append(message)
            else:
                taken.append(message)
        return taken

    def delete(self, received: Received) -> None:
        """Forget one copy. With an old receipt it may stay."""
        is_newest = received.message.receipt == received.receipt
        if is_newest or not self.chaos.chance(1 / 2):
            self.messages = [each for each in self.messages if each is not received.message]

    def set_aside(self, message: SimMessage) -> None:
        """Move a message to the dead letters, unless it is gone."""
        if any(each is message for each in self.messages):
            self.messages = [each for each in self.messages if each is not message]
            self.dead.append(message)

    def has_visible(self, now: datetime) -> bool:
        for message in self.messages:  # noqa: SIM110 - asked at each step, and `any` takes twice as long
            if message.visible_at <= now:
                return True
        return False

    def delay(self, receipt: str, delay_s: float) -> None:
        """Redeliver a copy after a delay, unless it was redelivered already."""
        for message in self.messages:
            if message.receipt == receipt:
                message.visible_at = self.chaos.clock.now() + timedelta(seconds=delay_s)

    def redrive(self) -> None:
        """Put the dead letters back on the queue, as the operator's command does."""
        for message in self.dead:
            self.put(message.body, message.attributes)
            self.messages[-1].is_odd = True
        self.dead.clear()


def received(message: SimMessage) -> Received:
    """The message as the worker gets it that has just received it."""
    return Received(message, message.receipt, message.receive_count)
