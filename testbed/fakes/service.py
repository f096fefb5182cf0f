"""The whole service on fakes: what `chalicelib.composition` composes, without AWS."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from chalicelib.composition.adapters import Adapters
from chalicelib.composition.api import Services, services
from chalicelib.composition.background import steps
from chalicelib.composition.deliver import deliver
from chalicelib.composition.notify import fan_out
from chalicelib.composition.process import Process
from chalicelib.composition.schedule import sweeps
from chalicelib.domain.directory.users import OwnerNote, Role, User
from chalicelib.settings import ENVIRONMENT_OF_LOCATIONS, Settings
from testbed.fakes.audit import FakeAudit
from testbed.fakes.claims import FakeClaims
from testbed.fakes.clock import FakeClock, FakeEntropy, FakeUrlPolicy, one_after_another
from testbed.fakes.counters import FakeCounters
from testbed.fakes.directory import FakeDirectory
from testbed.fakes.history import FakeHistory
from testbed.fakes.locks import FakeLocks
from testbed.fakes.notifications import FakeNotificationStore
from testbed.fakes.queue_depths import FakeDepths
from testbed.fakes.queues import FakeAccepted, FakeBackground, FakeDeadLetters, FakeDeliveries, FakeRedelivery
from testbed.fakes.recoveries import FakeRecoveries
from testbed.fakes.sender import FakeSender
from testbed.fakes.stats import FakeStats
from testbed.fakes.waiting import FakeWaiting
from testbed.fakes.webhooks import FakeWebhooks

if TYPE_CHECKING:
    from chalicelib.delivery.deliver import Deliver
    from chalicelib.delivery.due_sweep import DueSweep
    from chalicelib.delivery.record_keeper import RecordKeeper
    from chalicelib.delivery.release import Release
    from chalicelib.delivery.waiting import Waiting
    from chalicelib.directory.owner_sweep import OwnerSweep
    from chalicelib.directory.owners import Owners
    from chalicelib.fanout.fan_out import FanOut
    from chalicelib.history.purge import Purge
    from chalicelib.history.recoverer import Recoverer
    from chalicelib.intake.deferral import Deferral
    from chalicelib.ports import Concurrently
    from testbed.fakes.notification_types import FakeNotificationTypes


@dataclass(frozen=True, kw_only=True)
class FakeAdapters(Adapters):
    """All adapters, faked; they share one clock."""

    clock: FakeClock = field(default_factory=FakeClock)
    entropy: FakeEntropy = field(default_factory=FakeEntropy)
    policy: FakeUrlPolicy = field(default_factory=FakeUrlPolicy)
    sender: FakeSender = field(init=False)
    webhooks: FakeWebhooks = field(init=False)
    notification_types: FakeNotificationTypes = field(init=False)
    directory: FakeDirectory = field(default_factory=FakeDirectory)
    history: FakeHistory = field(init=False)
    waiting: FakeWaiting = field(default_factory=FakeWaiting)
    stats: FakeStats = field(init=False)
    recoveries: FakeRecoveries = field(init=False)
    held: FakeNotificationStore = field(init=False)
    claims: FakeClaims = field(default_factory=FakeClaims)
    locks: FakeLocks = field(default_factory=FakeLocks)
    counters: FakeCounters = field(default_factory=FakeCounters)
    audit: FakeAudit = field(init=False)
    accepted: FakeAccepted = field(default_factory=FakeAccepted)
    deliveries: FakeDeliveries = field(default_factory=FakeDeliveries)
    background: FakeBackground = field(default_factory=FakeBackground)
    redelivery: FakeRedelivery = field(default_factory=FakeRedelivery)
    dead_letters: FakeDeadLetters = field(default_factory=FakeDeadLetters)
    queue_depths: FakeDepths = field(init=False)
    concurrently: Concurrently = field(default=one_after_another)

    def __post_init__(self) -> None:
        webhooks, history = FakeWebhooks(self.directory), FakeHistory(self.clock)
        vars(self).update(
            sender=FakeSender(self.clock),
            webhooks=webhooks,
            notification_types=webhooks.types,
            history=history,
            stats=FakeStats(history),
            recoveries=FakeRecoveries(self.directory),
            held=FakeNotificationStore(self.clock),
            audit=FakeAudit(self.clock),
            queue_depths=FakeDepths(self),
        )


class Service(Process):
    """One process for all: the API's services, and what each worker runs."""

    @property
    def api(self) -> Services:
        return self.made(services)

    @property
    def fan_out(self) -> FanOut:
        return self.made(fan_out)

    @property
    def deliver(self) -> Deliver:
        return self.made(deliver)

    @property
    def purge(self) -> Purge:
        return self.made(steps).purge

    @property
    def recoverer(self) -> Recoverer:
        return self.made(steps).recoverer

    @property
    def keeper(self) -> RecordKeeper:
        return self.made(steps).keeper

    @property
    def release(self) -> Release:
        return self.made(steps).release

    @property
    def owners(self) -> Owners:
        return self.made(steps).owners

    @property
    def due_sweep(self) -> DueSweep:
        return self.made(sweeps).due_sweep

    @property
    def deferral(self) -> Deferral:
        return self.made(sweeps).deferral

    @property
    def waiting(self) -> Waiting:
        return self.made(sweeps).waiting

    @property
    def owner_sweep(self) -> OwnerSweep:
        return self.made(sweeps).owner_sweep


def settings(**changes: Any) -> Settings:  # noqa: ANN401 - any member of it
    """The default settings with changes. The service's own queue is called `accepted`."""
    places = dict.fromkeys(ENVIRONMENT_OF_LOCATIONS, "somewhere") | {"ACCEPTED_QUEUE_URL": "https://sqs.example/accepted"}
    return replace(Settings.from_environment(places), **changes)


def service_on(world: Adapters, **changes: Any) -> Service:  # noqa: ANN401 - any member of it
    """The service on these adapters. The user `9` is an admin in the directory, which checks what an admin asks for."""
    at = world.clock.now()
    admin = User(id="9", name="Admin", role=Role.ADMIN, groups=(), created_at=at, updated_at=at)
    is_watched = not isinstance(world.directory, FakeDirectory)  # a test counts the calls of its ports
    if not is_watched and world.directory.put_user(admin):
        world.directory.forget_owner_note(OwnerNote(user_id=admin.id, since=at))
    return Service(world, settings(**changes))
