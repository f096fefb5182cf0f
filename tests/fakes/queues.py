"""Queues in memory: each keeps what was sent, as text where the real one sends text, and may be told to refuse."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.domain.errors import Unavailable
from chalicelib.services.messages import (
    attempt_from_text,
    attempt_to_text,
    record_from_text,
    record_to_text,
    webhook_from_text,
    webhook_to_text,
)
from chalicelib.services.ports import Enqueued, QueuedNotification

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.attempt import PendingAttempt
    from chalicelib.domain.history import HistoryRecord
    from chalicelib.domain.webhook import Webhook


class _Queue:
    """Refuses everything while `is_refusing`."""

    def __init__(self) -> None:
        self.is_refusing = False

    def _require_open(self) -> None:
        if self.is_refusing:
            message = "The queue refuses for now."
            raise Unavailable(message)


class FakeDeliveries(_Queue):
    """The two lanes."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Enqueued] = []

    def send(self, messages: Sequence[Enqueued]) -> None:
        self._require_open()
        self.sent += [replace(each, attempt=_travelled(each)) for each in messages]


def _travelled(each: Enqueued) -> PendingAttempt:
    return attempt_from_text(attempt_to_text(each.attempt))


class FakeNotifications(_Queue):
    """The queue of notifications."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[QueuedNotification] = []

    def send(self, messages: Sequence[QueuedNotification]) -> None:
        self._require_open()
        self.sent += [QueuedNotification(each.text, dict(each.attributes), each.delay_s) for each in messages]


class FakePurges(_Queue):
    """The queue of deleted webhooks."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Webhook] = []

    def send(self, webhook: Webhook) -> None:
        self._require_open()
        self.sent.append(webhook_from_text(webhook_to_text(webhook.without_secrets())))


class FakeRecoverySteps(_Queue):
    """The queue of recoveries."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[str] = []

    def send(self, recovery_id: str) -> None:
        self._require_open()
        self.sent.append(recovery_id)


class FakeRecords(_Queue):
    """The queue of refused records."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[HistoryRecord] = []

    def send(self, records: Sequence[HistoryRecord]) -> None:
        self._require_open()
        self.sent += [record_from_text(record_to_text(record)) for record in records]


class DeadLetter(NamedTuple):
    """A message that was set aside."""

    source_arn: str
    body: str
    reason: str


class FakeDeadLetters(_Queue):
    """All dead-letter queues in one."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[DeadLetter] = []

    def set_aside(self, source_arn: str, body: str, reason: str) -> None:
        self._require_open()
        self.sent.append(DeadLetter(source_arn, body, reason))
