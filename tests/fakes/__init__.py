"""In-memory stand-ins for every port; each passes the same contract suite as its real adapter (`tests/contracts`)."""

from tests.fakes.claims import FakeClaims
from tests.fakes.directory import FakeDirectory
from tests.fakes.history import FakeHistory
from tests.fakes.queues import FakeDeadLetters, FakeDeliveries, FakeNotifications, FakePurges, FakeRecords
from tests.fakes.sender import FakeSender
from tests.fakes.webhooks import FakeWebhooks
from tests.fakes.world import FakeClock, FakeEntropy, FakeUrlPolicy

__all__ = [
    "FakeClaims",
    "FakeClock",
    "FakeDeadLetters",
    "FakeDeliveries",
    "FakeDirectory",
    "FakeEntropy",
    "FakeHistory",
    "FakeNotifications",
    "FakePurges",
    "FakeRecords",
    "FakeSender",
    "FakeUrlPolicy",
    "FakeWebhooks",
]
