"""The simulated account: the service's handlers, with queues, functions and stores that take virtual time."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Final, cast

from chalicelib.composition import process
from chalicelib.workers import background, deliver, notify, schedule
from testbed.account import costs, uses
from testbed.account.capacity import Throttled
from testbed.account.chains import Invocation
from testbed.account.declared import Function, Queue
from testbed.account.indexes import Lagging
from testbed.account.lambdas import EventSource
from testbed.account.queues import AcceptedQueue, BackgroundQueue, Deliveries, FairQueue
from testbed.account.receivers import VirtualSender
from testbed.account.virtual_time import VirtualTime
from testbed.events import scheduled_event
from testbed.fakes import (
    FakeClaims,
    FakeDeadLetters,
    FakeDirectory,
    FakeEntropy,
    FakeHistory,
    FakeNotificationStore,
    FakeRedelivery,
    FakeUrlPolicy,
    FakeWaiting,
    FakeWebhooks,
)
from testbed.fakes.clock import one_after_another
from testbed.fakes.service import settings

if TYPE_CHECKING:
    from chalicelib.composition.adapters import Adapters
    from testbed.account.lambdas import Handler, Setting
    from testbed.account.receivers import Receivers

_TICK_S: Final = 60.0
_QUEUES: Final = ("notifications", "accepted", "deliveries", "slow-deliveries", "background")


class Account:
    """One deployment, from the notifications queue to the receivers."""

    def __init__(self, receivers: Receivers, setting: Setting) -> None:
        self.time = VirtualTime()
        self.directory = FakeDirectory()
        self.store = FakeWebhooks(self.directory)
        self.history = FakeHistory(self.time)
        self.queues = {name: self._queue(name) for name in _QUEUES}
        self._sender = VirtualSender(receivers, self.time)
        self._setting = setting
        self.service = process.Process(cast("Adapters", self._adapters()), settings())
        self.notify = self._source("notifications", "Notify", notify.notify, costs.NOTIFY_CPU_S)
        self.accepted = self._source("accepted", "Notify", notify.notify, costs.NOTIFY_CPU_S)
        self.deliver = self._source("deliveries", "Deliver", deliver.deliver)
        self.deliver_slow = self._source("slow-deliveries", "DeliverSlow", deliver.deliver_slow)
        self.background = self._source("background", "Background", background.background)

    def run(self, until_s: float, *, ends_at_s: float) -> None:
        """Run until then, with the schedule each minute until `ends_at_s`."""
        for minute in range(int(ends_at_s // _TICK_S)):
            self.time.at(minute * _TICK_S, lambda: Invocation(lambda: schedule.schedule(scheduled_event(), None)).switch())
        with process.using(self.service):
            self.time.run(until_s)

    def _source(self, queue: str, function: str, handler: Handler, message_cpu_s: float = 0) -> EventSource:
        return EventSource(
            self.queues[queue],
            handler,
            self.time,
            function=Function.of(function),
            setting=self._setting,
            message_cpu_s=message_cpu_s,
        )

    def _queue(self, name: str) -> FairQueue:
        declared = Queue.of(name)
        return FairQueue(name, self.time, receives_max=declared.receives_max, visibility_s=declared.visibility_s)

    def _adapters(self) -> SimpleNamespace:
        def timed(port: object) -> costs.Timed:
            return costs.Timed(port, self.time)

        history = Lagging(self.history, self.time, uses.DUE)
        return SimpleNamespace(
            webhooks=timed(Throttled(self.store, self.time, uses.WEBHOOKS)),
            notification_types=timed(self.store.types),
            history=timed(Throttled(history, self.time, uses.HISTORY, {"write": list})),
            directory=timed(self.directory),
            claims=timed(FakeClaims()),
            deliveries=timed(Deliveries(self.queues["deliveries"], self.queues["slow-deliveries"])),
            accepted=timed(AcceptedQueue(self.queues["accepted"])),
            background=timed(BackgroundQueue(self.queues["background"])),
            waiting=timed(Throttled(FakeWaiting(), self.time, uses.WAITING)),
            held=timed(FakeNotificationStore(self.time)),
            redelivery=timed(FakeRedelivery()),
            dead_letters=timed(FakeDeadLetters()),
            policy=FakeUrlPolicy(),
            sender=self._sender,
            audit=None,  # nobody changes anything here
            recoveries=None,
            stats=None,
            clock=self.time,
            entropy=FakeEntropy(),
            concurrently=one_after_another,  # virtual time has no threads: what is measured is no better than in AWS
        )
