"""The environment of one run: the tables, the queues, and a composed service for each execution environment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Final, cast

from chalicelib.composition.process import Process
from chalicelib.domain.directory.users import Caller, OwnerNote, Role
from chalicelib.settings import ENVIRONMENT_OF_LOCATIONS, Settings
from testbed.account.queues import BackgroundQueue
from testbed.fakes import (
    FakeAudit,
    FakeClaims,
    FakeCounters,
    FakeDeadLetters,
    FakeDirectory,
    FakeEntropy,
    FakeHistory,
    FakeLocks,
    FakeNotificationStore,
    FakeRecoveries,
    FakeStats,
    FakeUrlPolicy,
    FakeWaiting,
    FakeWebhooks,
)
from testbed.fakes.people import person
from tests.simulation import turnover
from tests.simulation.chaos import Faulty
from tests.simulation.clocks import SKEW_MAX_S, LocalClock
from tests.simulation.observed import Observed
from tests.simulation.ports import SimAccepted, SimDeliveries, SimRedelivery
from tests.simulation.queues import SimQueue
from tests.simulation.receivers import SimSender
from tests.simulation.stores import SimHistory, SimWaiting, SimWebhooks

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.composition.adapters import Adapters
    from tests.simulation.chaos import Chaos
    from tests.simulation.receivers import Between

OWNERS: Final = "123"
"""Users with webhooks. Each has an id of one letter."""
ADMIN: Final = Caller("admin", Role.ADMIN)
PEOPLE: Final = {
    "1": Caller("1", Role.ADMIN),
    "2": Caller("2", Role.USER, ("7",)),
    "3": Caller("3", Role.ADMIN, ("7",)),
    turnover.USER_ID: turnover.CALLER,
    ADMIN.user_id: ADMIN,
}
"""All users in the directory, as callers."""
SETTINGS: Final = replace(
    Settings.from_environment(dict.fromkeys(ENVIRONMENT_OF_LOCATIONS, "x")),
    accepted_queue_url="https://sqs.example/accepted",
    attempt_waits_s=(5, 300, 1_800),
    fan_out_page_max=3,
    fan_out_s=0.1,
    in_flight_max=2,
    in_flight_per_webhook_max=1,
    circuit_open_after=3,
    recovery_s=0,
    recovery_page_max=3,
    webhooks_per_user_max=9,
)


class World:
    """What all processes share. `between` is called while a request is in flight."""

    def __init__(self, chaos: Chaos, between: Between) -> None:
        self.observed = Observed(chaos.clock)
        self.queues = {
            name: SimQueue(name, chaos)
            for name in ("notifications", "accepted", "deliveries", "slow-deliveries", "background")
        }
        self.directory = _directory(chaos.clock.now())
        self.store = FakeWebhooks(self.directory)
        self.history = FakeHistory(chaos.clock)
        self.held = FakeNotificationStore(chaos.clock)
        self.recoveries = FakeRecoveries(self.directory)
        self.waiting = FakeWaiting()
        self.dead_letters = FakeDeadLetters()
        self._between = between
        self._chaos = chaos
        self._began_at = chaos.clock.now()
        self._ports = self._faulty()

    def environment(self) -> Process:
        """What a fresh environment has: its own memory, and a clock that is off."""
        clock = LocalClock(self._chaos.clock, self._chaos.random.uniform(-SKEW_MAX_S, SKEW_MAX_S))
        ports = SimpleNamespace(
            **self._ports,
            policy=FakeUrlPolicy(),
            queue_depths=None,  # nobody asks
            sender=SimSender(self._chaos, self._began_at, clock, self.observed, self._between),
            clock=clock,
            entropy=FakeEntropy(self._chaos.random.randrange(1 << 30)),
            concurrently=self._chaos.concurrently,
        )
        return Process(cast("Adapters", ports), SETTINGS)

    def _faulty(self) -> dict[str, Faulty]:
        chaos, observed, queues = self._chaos, self.observed, self.queues
        ports = {
            "webhooks": SimWebhooks(self.store, chaos, observed, self.directory),
            "notification_types": self.store.types,
            "history": SimHistory(self.history, chaos, observed),
            "directory": self.directory,
            "audit": FakeAudit(chaos.clock),
            "stats": FakeStats(self.history),
            "claims": FakeClaims(),
            "counters": FakeCounters(),
            "locks": FakeLocks(),
            "deliveries": SimDeliveries(queues["deliveries"], queues["slow-deliveries"], observed),
            "accepted": SimAccepted(queues["accepted"], observed),
            "background": BackgroundQueue(queues["background"]),
            "held": self.held,
            "waiting": SimWaiting(self.waiting, chaos),
            "recoveries": self.recoveries,
            "redelivery": SimRedelivery(queues),
            "dead_letters": self.dead_letters,
        }
        return {name: Faulty(port, chaos) for name, port in ports.items()}


def _directory(now: datetime) -> FakeDirectory:
    """All users, created long before any clock's error matters, without notes."""
    directory, since = FakeDirectory(), now - timedelta(days=9)
    for caller in PEOPLE.values():
        user = person(caller, created_at=since, updated_at=since, incarnation=caller.incarnation)
        directory.put_user(user)
        directory.forget_owner_note(OwnerNote(user_id=user.id, since=since))
    return directory
