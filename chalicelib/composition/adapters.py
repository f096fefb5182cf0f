"""What the use cases need from outside: an implementation of each port."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.access.ports import AuditLog, Counters
    from chalicelib.background.ports import BackgroundQueue, Redelivery
    from chalicelib.delivery.ports import DeliveryQueue, HttpSender, WaitingStore
    from chalicelib.directory.ports import Directory
    from chalicelib.fanout.ports import Locks
    from chalicelib.history.ports import HistoryStore, RecoveryStore, StatsStore
    from chalicelib.intake.ports import Claims, NotificationQueue, NotificationStore, NotificationTypes
    from chalicelib.operations.ports import DeadLetters, QueueDepths
    from chalicelib.ports import Clock, Concurrently, Entropy
    from chalicelib.webhooks.ports import UrlPolicy, WebhookStore


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Adapters:
    """The adapters of a process, by name. `AwsAdapters` has the real ones; tests bring fakes."""

    clock: Clock
    entropy: Entropy
    concurrently: Concurrently
    policy: UrlPolicy
    sender: HttpSender

    webhooks: WebhookStore
    notification_types: NotificationTypes
    directory: Directory
    history: HistoryStore
    waiting: WaitingStore
    stats: StatsStore
    recoveries: RecoveryStore
    held: NotificationStore
    claims: Claims
    locks: Locks
    counters: Counters
    audit: AuditLog

    accepted: NotificationQueue
    deliveries: DeliveryQueue
    background: BackgroundQueue
    redelivery: Redelivery
    dead_letters: DeadLetters
    queue_depths: QueueDepths
