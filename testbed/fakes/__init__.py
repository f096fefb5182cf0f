"""In-memory fakes of every port. Each passes the same contract suite as its real adapter (`tests/contracts`)."""

from testbed.fakes.audit import FakeAudit
from testbed.fakes.claims import FakeClaims
from testbed.fakes.clock import FakeClock, FakeEntropy, FakeUrlPolicy
from testbed.fakes.counters import FakeCounters
from testbed.fakes.directory import FakeDirectory
from testbed.fakes.history import FakeHistory
from testbed.fakes.locks import FakeLocks
from testbed.fakes.notification_types import FakeNotificationTypes
from testbed.fakes.notifications import FakeNotificationStore
from testbed.fakes.queue_depths import FakeDepths
from testbed.fakes.queues import FakeAccepted, FakeBackground, FakeDeadLetters, FakeDeliveries, FakeRedelivery
from testbed.fakes.recoveries import FakeRecoveries
from testbed.fakes.sender import FakeSender
from testbed.fakes.stats import FakeStats
from testbed.fakes.waiting import FakeWaiting
from testbed.fakes.webhooks import FakeWebhooks

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
