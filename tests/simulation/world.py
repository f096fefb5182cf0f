"""The world of one run: the tables, the queues, and a house of its own for each execution environment."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Final, cast

from chalicelib import bootstrap
from chalicelib.domain.directory import OwnerNote, Role, User
from chalicelib.settings import ENVIRONMENT_OF_LOCATIONS, Settings
from tests.fakes import (
    FakeAudit,
    FakeClaims,
    FakeDirectory,
    FakeEntropy,
    FakeHistory,
    FakeNotificationStore,
    FakeRecoveries,
    FakeStats,
    FakeUrlPolicy,
    FakeWaiting,
    FakeWebhooks,
)
from tests.simulation.chaos import Faulty
from tests.simulation.clocks import SKEW_MAX_S, LocalClock
from tests.simulation.observed import Observed
from tests.simulation.ports import SimBackground, SimDeadLetters, SimDeliveries, SimNotifications, SimRedelivery
from tests.simulation.queues import SimQueue
from tests.simulation.receivers import SimSender
from tests.simulation.stores import SimHistory, SimWaiting, SimWebhooks

if TYPE_CHECKING:
    from datetime import datetime

    from tests.simulation.chaos import Chaos
    from tests.simulation.receivers import Between

OWNERS: Final = "123"
"""Users who have webhooks; each has an id of one letter."""
SETTINGS: Final = replace(
    Settings.from_environment(dict.fromkeys(ENVIRONMENT_OF_LOCATIONS, "x")),
    attempt_waits_s=(5, 300, 1_800),
    fan_out_page_max=3,
    fan_out_s=0.1,
    in_flight_max=2,
    in_flight_per_webhook_max=1,
    circuit_open_after=3,
    recovery_s=0,
    recovery_page_max=3,
)


class World:
    """What all processes share. `between` is called when a request has ended."""

    def __init__(self, chaos: Chaos, between: Between) -> None:
        self.observed = Observed(chaos.clock)
        self.queues = {
            name: SimQueue(name, chaos) for name in ("notifications", "deliveries", "slow-deliveries", "background")
        }
        self.store = FakeWebhooks()
        self.history = FakeHistory(chaos.clock)
        self.directory = _directory(chaos.clock.now())
        self.held = FakeNotificationStore(chaos.clock)
        self.recoveries = FakeRecoveries()
        self.waiting = FakeWaiting()
        self.dead_letters = SimDeadLetters()
        self._between = between
        self._chaos = chaos
        self._began_at = chaos.clock.now()
        self._ports = self._faulty()

    def house(self) -> bootstrap.House:
        """What a fresh environment has: its own memory, and a clock that is off."""
        clock = LocalClock(self._chaos.clock, self._chaos.random.uniform(-SKEW_MAX_S, SKEW_MAX_S))
        ports = SimpleNamespace(
            **self._ports,
            policy=FakeUrlPolicy(),
            sender=SimSender(self._chaos, self._began_at, clock, self.observed, self._between),
            clock=clock,
            entropy=FakeEntropy(self._chaos.random.randrange(1 << 30)),
        )
        return bootstrap.House(SETTINGS, cast("bootstrap.World", ports))

    def _faulty(self) -> dict[str, Faulty]:
        chaos, observed, queues = self._chaos, self.observed, self.queues
        ports = {
            "webhooks": SimWebhooks(self.store, chaos, observed),
            "notification_types": self.store.types,
            "history": SimHistory(self.history, chaos, observed),
            "directory": self.directory,
            "audit": FakeAudit(chaos.clock),
            "stats": FakeStats(self.history),
            "claims": FakeClaims(),
            "deliveries": SimDeliveries(queues["deliveries"], queues["slow-deliveries"], observed),
            "notifications": SimNotifications(queues["notifications"], observed),
            "background": SimBackground(queues["background"]),
            "held": self.held,
            "waiting": SimWaiting(self.waiting, chaos),
            "recoveries": self.recoveries,
            "redelivery": SimRedelivery(queues),
            "dead_letters": self.dead_letters,
        }
        return {name: Faulty(port, chaos) for name, port in ports.items()}


def _directory(now: datetime) -> FakeDirectory:
    """The owners, and nothing left to do for them."""
    directory = FakeDirectory()
    for user_id in OWNERS:
        user = User(id=user_id, name=f"user {user_id}", role=Role.USER, groups=(), created_at=now, updated_at=now)
        directory.put_user(user)
        directory.forget_owner_note(OwnerNote(user_id=user_id, since=now))
    return directory
