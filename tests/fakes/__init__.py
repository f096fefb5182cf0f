"""In-memory fakes of every port. Each passes the same contract suite as its real adapter (`tests/contracts`)."""

from tests.fakes.audit import FakeAudit
from tests.fakes.claims import FakeClaims
from tests.fakes.counters import FakeCounters
from tests.fakes.directory import FakeDirectory
from tests.fakes.history import FakeHistory
from tests.fakes.locks import FakeLocks
from tests.fakes.notification_types import FakeNotificationTypes
from tests.fakes.notifications import FakeNotificationStore
from tests.fakes.queue_depths import FakeDepths
from tests.fakes.queues import FakeAccepted, FakeBackground, FakeDeadLetters, FakeDeliveries, FakeRedelivery
from tests.fakes.recoveries import FakeRecoveries
from tests.fakes.sender import FakeSender
from tests.fakes.stats import FakeStats
from tests.fakes.waiting import FakeWaiting
from tests.fakes.webhooks import FakeWebhooks
from tests.fakes.world import FakeClock, FakeEntropy, FakeUrlPolicy

__all__ = [
    "FakeAccepted",
    "FakeAudit",
    "FakeBackground",
    "FakeClaims",
    "FakeClock",
    "FakeCounters",
    "FakeDeadLetters",
    "FakeDeliveries",
    "FakeDepths",
    "FakeDirectory",
    "FakeEntropy",
    "FakeHistory",
    "FakeLocks",
    "FakeNotificationStore",
    "FakeNotificationTypes",
    "FakeRecoveries",
    "FakeRedelivery",
    "FakeSender",
    "FakeStats",
    "FakeUrlPolicy",
    "FakeWaiting",
    "FakeWebhooks",
]
