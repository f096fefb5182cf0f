"""The adapters of a process: what the use cases need from outside, and how it is made in AWS.

An adapter is made when a use case first needs it. What every function uses is imported here, and the rest with its adapter:
if everything were imported here, the notify function would load 25 modules more.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalicelib import concurrency
from chalicelib.adapters import aws, sqs
from chalicelib.adapters.clock import SystemClock, SystemEntropy
from chalicelib.adapters.dynamodb.webhook_secrets import PLAIN, WithheldBox
from chalicelib.adapters.dynamodb.webhooks import DynamoWebhooks
from chalicelib.adapters.redelivery import SqsRedelivery
from chalicelib.settings import WITHHELD

if TYPE_CHECKING:
    from chalicelib.access.ports import AuditLog, Counters
    from chalicelib.adapters.dynamodb.webhook_secrets import SecretBox
    from chalicelib.background.ports import BackgroundQueue, Redelivery
    from chalicelib.delivery.ports import DeliveryQueue, HttpSender, WaitingStore
    from chalicelib.directory.ports import Directory
    from chalicelib.fanout.ports import Locks
    from chalicelib.history.ports import HistoryStore, RecoveryStore, StatsStore
    from chalicelib.intake.ports import Claims, NotificationQueue, NotificationStore, NotificationTypes
    from chalicelib.operations.ports import DeadLetters, QueueDepths
    from chalicelib.ports import Clock, Concurrently, Entropy
    from chalicelib.settings import Settings
    from chalicelib.webhooks.ports import UrlPolicy, WebhookStore


@dataclass(frozen=True, init=False, eq=False, repr=False)
class Adapters:
    """An implementation of each port: `AwsAdapters`, or fakes in tests."""

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


class AwsAdapters(Adapters):
    """DynamoDB, SQS, and receivers on the internet. An adapter that is given by its name replaces the real one."""

    _settings: Settings

    def __init__(self, settings: Settings, **given: Any) -> None:  # noqa: ANN401 - an adapter
        vars(self).update(given, _settings=settings)

    @cached_property
    def clock(self) -> Clock:
        return SystemClock()

    @cached_property
    def entropy(self) -> Entropy:
        return SystemEntropy()

    @cached_property
    def concurrently(self) -> Concurrently:
        return concurrency.outcomes

    @cached_property
    def policy(self) -> UrlPolicy:
        from chalicelib.adapters.egress import receiver_policy

        return receiver_policy(self._settings)

    @cached_property
    def sender(self) -> HttpSender:
        from chalicelib.adapters.egress import sender

        return sender(self._settings, self.clock)

    @cached_property
    def webhooks(self) -> WebhookStore:
        tables = self._settings
        return DynamoWebhooks(
            aws.client("dynamodb"), tables.webhooks_table, self._secret_box(), directory_table=tables.directory_table
        )

    def _secret_box(self) -> SecretBox:
        key_arn = self._settings.secrets_key_arn
        if key_arn in {"", WITHHELD}:
            return WithheldBox() if key_arn else PLAIN
        from chalicelib.adapters.kms import KmsSecretBox

        return KmsSecretBox(aws.client("kms"), key_arn)

    @cached_property
    def notification_types(self) -> NotificationTypes:
        from chalicelib.adapters.dynamodb.notification_types import DynamoNotificationTypes

        tables = self._settings
        return DynamoNotificationTypes(aws.client("dynamodb"), tables.webhooks_table, directory_table=tables.directory_table)

    @cached_property
    def directory(self) -> Directory:
        from chalicelib.adapters.dynamodb.directory import DynamoDirectory

        return DynamoDirectory(aws.client("dynamodb"), self._settings.directory_table)

    @cached_property
    def history(self) -> HistoryStore:
        from chalicelib.adapters.dynamodb.history import DynamoHistory

        return DynamoHistory(aws.client("dynamodb"), self._settings.history_table, self.clock, self._settings.history_days)

    @cached_property
    def waiting(self) -> WaitingStore:
        from chalicelib.adapters.dynamodb.waiting import DynamoWaiting

        return DynamoWaiting(aws.client("dynamodb"), self._settings.history_table)

    @cached_property
    def stats(self) -> StatsStore:
        from chalicelib.adapters.dynamodb.stats import DynamoStats

        return DynamoStats(aws.client("dynamodb"), self._settings.history_table)

    @cached_property
    def recoveries(self) -> RecoveryStore:
        from chalicelib.adapters.dynamodb.recoveries import DynamoRecoveries

        tables = self._settings
        return DynamoRecoveries(aws.client("dynamodb"), tables.notifications_table, directory_table=tables.directory_table)

    @cached_property
    def held(self) -> NotificationStore:
        from chalicelib.adapters.dynamodb.notifications import DynamoNotifications

        return DynamoNotifications(aws.client("dynamodb"), self._settings.notifications_table, self.clock)

    @cached_property
    def claims(self) -> Claims:
        from chalicelib.adapters.dynamodb.claims import DynamoClaims

        return DynamoClaims(aws.client("dynamodb"), self._settings.notifications_table)

    @cached_property
    def locks(self) -> Locks:
        from chalicelib.adapters.dynamodb.locks import DynamoLocks

        return DynamoLocks(aws.client("dynamodb"), self._settings.notifications_table)

    @cached_property
    def counters(self) -> Counters:
        from chalicelib.adapters.dynamodb.counters import DynamoCounters

        return DynamoCounters(aws.client("dynamodb"), self._settings.notifications_table)

    @cached_property
    def audit(self) -> AuditLog:
        from chalicelib.adapters.dynamodb.audit import DynamoAudit

        return DynamoAudit(aws.client("dynamodb"), self._settings.directory_table, self.clock, self._settings.audit_days)

    @cached_property
    def accepted(self) -> NotificationQueue:
        return sqs.accepted(aws.client("sqs"), self._settings.accepted_queue_url)

    @cached_property
    def deliveries(self) -> DeliveryQueue:
        urls = self._settings
        return sqs.deliveries(aws.client("sqs"), fast_url=urls.deliveries_queue_url, slow_url=urls.slow_deliveries_queue_url)

    @cached_property
    def background(self) -> BackgroundQueue:
        return sqs.background(aws.client("sqs"), self._settings.background_queue_url)

    @cached_property
    def redelivery(self) -> Redelivery:
        return SqsRedelivery(aws.client("sqs"), self._settings.queue_urls.values())

    @cached_property
    def dead_letters(self) -> DeadLetters:
        return sqs.SqsDeadLetters(aws.client("sqs"))

    @cached_property
    def queue_depths(self) -> QueueDepths:
        from chalicelib.adapters.queue_depths import SqsDepths

        return SqsDepths(aws.client("sqs"), self._settings.queue_urls)
