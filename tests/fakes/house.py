"""The whole service on fakes: what `chalicelib.bootstrap` composes, without AWS."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import House
from chalicelib.domain.directory.users import OwnerNote, Role, User
from chalicelib.settings import ENVIRONMENT_OF_LOCATIONS, Settings
from tests.fakes.audit import FakeAudit
from tests.fakes.claims import FakeClaims
from tests.fakes.counters import FakeCounters
from tests.fakes.directory import FakeDirectory
from tests.fakes.history import FakeHistory
from tests.fakes.locks import FakeLocks
from tests.fakes.notifications import FakeNotificationStore
from tests.fakes.queue_depths import FakeDepths
from tests.fakes.queues import FakeAccepted, FakeBackground, FakeDeadLetters, FakeDeliveries, FakeRedelivery
from tests.fakes.recoveries import FakeRecoveries
from tests.fakes.sender import FakeSender
from tests.fakes.stats import FakeStats
from tests.fakes.waiting import FakeWaiting
from tests.fakes.webhooks import FakeWebhooks
from tests.fakes.world import FakeClock, FakeEntropy, FakeUrlPolicy

if TYPE_CHECKING:
    from tests.fakes.notification_types import FakeNotificationTypes


@dataclass
class World:
    """Fakes of all ports, with a shared clock."""

    clock: FakeClock = field(default_factory=FakeClock)
    entropy: FakeEntropy = field(default_factory=FakeEntropy)
    directory: FakeDirectory = field(default_factory=FakeDirectory)
    claims: FakeClaims = field(default_factory=FakeClaims)
    locks: FakeLocks = field(default_factory=FakeLocks)
    counters: FakeCounters = field(default_factory=FakeCounters)
    deliveries: FakeDeliveries = field(default_factory=FakeDeliveries)
    accepted: FakeAccepted = field(default_factory=FakeAccepted)
    background: FakeBackground = field(default_factory=FakeBackground)
    waiting: FakeWaiting = field(default_factory=FakeWaiting)
    recoveries: FakeRecoveries = field(init=False)
    redelivery: FakeRedelivery = field(default_factory=FakeRedelivery)
    dead_letters: FakeDeadLetters = field(default_factory=FakeDeadLetters)
    policy: FakeUrlPolicy = field(default_factory=FakeUrlPolicy)
    webhooks: FakeWebhooks = field(init=False)
    history: FakeHistory = field(init=False)
    held: FakeNotificationStore = field(init=False)
    audit: FakeAudit = field(init=False)
    stats: FakeStats = field(init=False)
    sender: FakeSender = field(init=False)
    queue_depths: FakeDepths = field(init=False)

    @property
    def notification_types(self) -> FakeNotificationTypes:
        return self.webhooks.types

    def __post_init__(self) -> None:
        self.webhooks = FakeWebhooks(self.directory)
        self.recoveries = FakeRecoveries(self.directory)
        self.history = FakeHistory(self.clock)
        self.held = FakeNotificationStore(self.clock)
        self.audit = FakeAudit(self.clock)
        self.stats = FakeStats(self.history)
        self.sender = FakeSender(self.clock)
        self.queue_depths = FakeDepths(self)


def settings(**changes: Any) -> Settings:  # noqa: ANN401 - any member of it
    """The default settings with some changes. The service's own queue is called `accepted`."""
    places = dict.fromkeys(ENVIRONMENT_OF_LOCATIONS, "somewhere") | {"ACCEPTED_QUEUE_URL": "https://sqs.example/accepted"}
    return replace(Settings.from_environment(places), **changes)


def house(world: World, **changes: Any) -> House:  # noqa: ANN401 - any member of it
    """The use cases on those fakes. The user `9` is an admin in the directory, which checks what admins do."""
    at = world.clock.now()
    admin = User(id="9", name="Admin", role=Role.ADMIN, groups=(), created_at=at, updated_at=at)
    is_watched = not isinstance(world.directory, FakeDirectory)  # a test counts the calls of its ports
    if not is_watched and world.directory.put_user(admin):
        world.directory.forget_owner_note(OwnerNote(user_id=admin.id, since=at))
    return House(settings(**changes), world)
