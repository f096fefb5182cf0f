"""Puts the house together: the only place that knows the adapters.

Everything is made when it is first asked for, and its modules are imported then: a function loads what it runs, and no more
(the deliver worker has no pydantic, the API no HTTP client for receivers until a URL is vetted).
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol

from chalicelib.settings import WITHHELD, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.access.audit import Auditor
    from chalicelib.access.callers import Callers
    from chalicelib.access.ports import AuditLog, Counters
    from chalicelib.access.rate_limits import RateLimiter
    from chalicelib.adapters.dynamodb.webhook_secrets import SecretBox
    from chalicelib.background.ports import BackgroundQueue, Redelivery
    from chalicelib.delivery.deliver import Deliver
    from chalicelib.delivery.due_sweep import DueSweep
    from chalicelib.delivery.outbound import RequestRules
    from chalicelib.delivery.ports import DeliveryQueue, HttpSender, WaitingStore
    from chalicelib.delivery.record_keeper import RecordKeeper
    from chalicelib.delivery.release import Release
    from chalicelib.delivery.waiting import Waiting
    from chalicelib.directory.keys import KeyService
    from chalicelib.directory.owner_sweep import OwnerSweep
    from chalicelib.directory.owners import Owners
    from chalicelib.directory.ports import Directory
    from chalicelib.directory.service import DirectoryService
    from chalicelib.domain.webhooks.health import HealthPolicy
    from chalicelib.fanout.fan_out import FanOut
    from chalicelib.fanout.ports import Locks
    from chalicelib.history.browse import HistoryService
    from chalicelib.history.ports import HistoryStore, RecoveryStore, StatsStore
    from chalicelib.history.purge import Purge
    from chalicelib.history.recoverer import Recoverer
    from chalicelib.history.recoveries import RecoveryService
    from chalicelib.history.stats import StatsService
    from chalicelib.intake.catalogue import Catalogue, CatalogueService
    from chalicelib.intake.deferral import Deferral
    from chalicelib.intake.intake import Intake
    from chalicelib.intake.ports import Claims, NotificationQueue, NotificationStore, NotificationTypes
    from chalicelib.operations.ports import DeadLetters, QueueDepths
    from chalicelib.operations.queues import QueueService
    from chalicelib.ports import Clock, Concurrently, Entropy
    from chalicelib.webhooks.edits import WebhookEditor
    from chalicelib.webhooks.ports import UrlPolicy, WebhookStore
    from chalicelib.webhooks.preview import Previewer
    from chalicelib.webhooks.service import WebhookService
    from chalicelib.webhooks.test_delivery import Trial

PROBE_LEASE_S: Final = 45
"""Longer than any attempt may take, so that a probe's finding is in before another one is sent."""


class World(Protocol):
    """All ports, as attributes."""

    @property
    def webhooks(self) -> WebhookStore:
        """Webhooks and subscriptions."""

    @property
    def notification_types(self) -> NotificationTypes:
        """The admins' part of the catalogue."""

    @property
    def history(self) -> HistoryStore:
        """Records."""

    @property
    def directory(self) -> Directory:
        """Users and keys."""

    @property
    def audit(self) -> AuditLog:
        """Who changed what."""

    @property
    def stats(self) -> StatsStore:
        """What was counted."""

    @property
    def claims(self) -> Claims:
        """Leases."""

    @property
    def locks(self) -> Locks:
        """What runs once at a time."""

    @property
    def counters(self) -> Counters:
        """What processes count together."""

    @property
    def held(self) -> NotificationStore:
        """Notifications that are kept, and those whose time has not come."""

    @property
    def recoveries(self) -> RecoveryStore:
        """Recoveries."""

    @property
    def deliveries(self) -> DeliveryQueue:
        """The two lanes."""

    @property
    def accepted(self) -> NotificationQueue:
        """What the service has taken."""

    @property
    def waiting(self) -> WaitingStore:
        """Deliveries that wait."""

    @property
    def background(self) -> BackgroundQueue:
        """Work that nobody waits for."""

    @property
    def redelivery(self) -> Redelivery:
        """Messages that come again."""

    @property
    def dead_letters(self) -> DeadLetters:
        """Poison."""

    @property
    def queue_depths(self) -> QueueDepths:
        """What is on the queues."""

    @property
    def policy(self) -> UrlPolicy:
        """What may be called."""

    @property
    def sender(self) -> HttpSender:
        """Requests to receivers."""

    @property
    def clock(self) -> Clock:
        """The time."""

    @property
    def entropy(self) -> Entropy:
        """Randomness."""

    @property
    def concurrently(self) -> Concurrently:
        """Calls that run at once."""


class Aws:
    """The world as it is: DynamoDB, SQS, receivers on the internet."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def clock(self) -> Clock:
        """The machine's clock."""
        from chalicelib.adapters.clock import SystemClock

        return SystemClock()

    @cached_property
    def entropy(self) -> Entropy:
        """The machine's randomness."""
        from chalicelib.adapters.clock import SystemEntropy

        return SystemEntropy()

    @cached_property
    def concurrently(self) -> Concurrently:
        """Threads."""
        from chalicelib.concurrency import outcomes

        return outcomes

    @cached_property
    def webhooks(self) -> WebhookStore:
        """The webhooks table."""
        from chalicelib.adapters.aws import client
        from chalicelib.adapters.dynamodb.webhooks import DynamoWebhooks

        return DynamoWebhooks(
            client("dynamodb"),
            self._settings.webhooks_table,
            self._secret_box,
            directory_table=self._settings.directory_table,
        )

    @cached_property
    def _secret_box(self) -> SecretBox:
        """What encrypts the secrets of webhooks."""
        from chalicelib.adapters.dynamodb.webhook_secrets import PLAIN, WithheldBox

        if self._settings.secrets_key_arn == WITHHELD:
            return WithheldBox()
        if not self._settings.secrets_key_arn:
            return PLAIN
        from chalicelib.adapters.aws import client
        from chalicelib.adapters.kms import KmsSecretBox

        return KmsSecretBox(client("kms"), self._settings.secrets_key_arn)

    @cached_property
    def notification_types(self) -> NotificationTypes:
        """The catalogue, in the webhooks table."""
        from chalicelib.adapters.aws import client
        from chalicelib.adapters.dynamodb.notification_types import DynamoNotificationTypes

        return DynamoNotificationTypes(
            client("dynamodb"), self._settings.webhooks_table, directory_table=self._settings.directory_table
        )

    @cached_property
    def history(self) -> HistoryStore:
        """The history table."""
        from chalicelib.adapters.aws import client
        from chalicelib.adapters.dynamodb.history import DynamoHistory

        return DynamoHistory(client("dynamodb"), self._settings.history_table, self.clock, self._settings.history_days)

    @cached_property
    def directory(self) -> Directory:
        """The directory table."""
        from chalicelib.adapters.aws import client
        from chalicelib.adapters.dynamodb.directory import DynamoDirectory

        return DynamoDirectory(client("dynamodb"), self._settings.directory_table)

    @cached_property
    def audit(self) -> AuditLog:
        """The audit, in the directory table."""
        from chalicelib.adapters.aws import client
        from chalicelib.adapters.dynamodb.audit import DynamoAudit

        return DynamoAudit(client("dynamodb"), self._settings.directory_table, self.clock, self._settings.audit_days)

    @cached_property
    def stats(self) -> StatsStore:
        """The stats, in the history table."""
        from chalicelib.adapters.aws import client
        from chalicelib.adapters.dynamodb.stats import DynamoStats

        return DynamoStats(client("dynamodb"), self._settings.history_table)

    @cached_property
    def claims(self) -> Claims:
        """The notifications table."""
        from chalicelib.adapters.aws import client
        from chalicelib.adapters.dynamodb.claims import DynamoClaims

        return DynamoClaims(client("dynamodb"), self._settings.notifications_table)

    @cached_property
    def locks(self) -> Locks:
        """The notifications table."""
        from chalicelib.adapters.aws import client
        from chalicelib.adapters.dynamodb.locks import DynamoLocks

        return DynamoLocks(client("dynamodb"), self._settings.notifications_table)

    @cached_property
    def counters(self) -> Counters:
        """The notifications table."""
        from chalicelib.adapters.aws import client
        from chalicelib.adapters.dynamodb.counters import DynamoCounters

        return DynamoCounters(client("dynamodb"), self._settings.notifications_table)

    @cached_property
    def held(self) -> NotificationStore:
        """The notifications table."""
        from chalicelib.adapters.aws import client
        from chalicelib.adapters.dynamodb.notifications import DynamoNotifications

        return DynamoNotifications(client("dynamodb"), self._settings.notifications_table, self.clock)

    @cached_property
    def recoveries(self) -> RecoveryStore:
        """The notifications table."""
        from chalicelib.adapters.aws import client
        from chalicelib.adapters.dynamodb.recoveries import DynamoRecoveries

        return DynamoRecoveries(
            client("dynamodb"), self._settings.notifications_table, directory_table=self._settings.directory_table
        )

    @cached_property
    def deliveries(self) -> DeliveryQueue:
        """The two delivery queues."""
        from chalicelib.adapters.aws import client
        from chalicelib.adapters.sqs import SqsDeliveries

        return SqsDeliveries(
            client("sqs"), fast_url=self._settings.deliveries_queue_url, slow_url=self._settings.slow_deliveries_queue_url
        )

    @cached_property
    def accepted(self) -> NotificationQueue:
        """The queue of accepted notifications."""
        from chalicelib.adapters.aws import client
        from chalicelib.adapters.sqs import SqsAccepted

        return SqsAccepted(client("sqs"), self._settings.accepted_queue_url)

    @cached_property
    def waiting(self) -> WaitingStore:
        """Waiting deliveries, in the history table."""
        from chalicelib.adapters.aws import client
        from chalicelib.adapters.dynamodb.waiting import DynamoWaiting

        return DynamoWaiting(client("dynamodb"), self._settings.history_table)

    @cached_property
    def background(self) -> BackgroundQueue:
        """The background queue."""
        from chalicelib.adapters.aws import client
        from chalicelib.adapters.sqs import SqsBackground

        return SqsBackground(client("sqs"), self._settings.background_queue_url)

    @cached_property
    def redelivery(self) -> Redelivery:
        """All queues."""
        from chalicelib.adapters.aws import client
        from chalicelib.adapters.redelivery import SqsRedelivery

        return SqsRedelivery(client("sqs"), self._settings.queue_urls.values())

    @cached_property
    def dead_letters(self) -> DeadLetters:
        """The dead-letter queues."""
        from chalicelib.adapters.aws import client
        from chalicelib.adapters.sqs import SqsDeadLetters

        return SqsDeadLetters(client("sqs"))

    @cached_property
    def queue_depths(self) -> QueueDepths:
        """All queues, and their dead letters."""
        from chalicelib.adapters.aws import client
        from chalicelib.adapters.queue_depths import SqsDepths

        return SqsDepths(client("sqs"), self._settings.queue_urls)

    @cached_property
    def policy(self) -> UrlPolicy:
        """The address policy, with the machine's resolver."""
        from chalicelib.adapters.egress import receiver_policy

        return receiver_policy(self._settings)

    @cached_property
    def sender(self) -> HttpSender:
        """The HTTP client."""
        from chalicelib.adapters.egress import sender

        return sender(self._settings, self.clock)


class House:
    """The use cases, on a world."""

    def __init__(self, settings: Settings, world: World) -> None:
        self.settings = settings
        self.world = world

    @cached_property
    def auditor(self) -> Auditor:
        """`/audit`, and whoever changes something."""
        from chalicelib.access.audit import Auditor

        return Auditor(lines=self.world.audit, clock=self.world.clock, entropy=self.world.entropy)

    @cached_property
    def stats(self) -> StatsService:
        """`/webhooks/{id}/stats`."""
        from chalicelib.history.stats import StatsService

        return StatsService(
            store=self.world.stats,
            webhooks=self.webhooks,
            clock=self.world.clock,
            reads_max=self.settings.stats_read_max,
        )

    @cached_property
    def webhooks(self) -> WebhookService:
        """`/webhooks`."""
        from chalicelib.webhooks.service import WebhookService

        return WebhookService(
            catalogue=self.catalogue,
            store=self.world.webhooks,
            directory=self.world.directory,
            background=self.world.background,
            policy=self.world.policy,
            clock=self.world.clock,
            entropy=self.world.entropy,
            audit=self.auditor,
            webhooks_per_user_max=self.settings.webhooks_per_user_max,
        )

    @cached_property
    def catalogue(self) -> Catalogue:
        """What webhooks and notifications ask of the catalogue."""
        from chalicelib.intake.catalogue import Catalogue

        return Catalogue(
            types=self.world.notification_types, clock=self.world.clock, cache_s=self.settings.catalogue_cache_s
        )

    @cached_property
    def notification_types(self) -> CatalogueService:
        """`/webhooks/actions`."""
        from chalicelib.intake.catalogue import CatalogueService

        return CatalogueService(
            catalogue=self.catalogue,
            types=self.world.notification_types,
            store=self.world.webhooks,
            directory=self.world.directory,
            clock=self.world.clock,
            types_max=self.settings.notification_types_max,
            schema_bytes_max=self.settings.notification_schema_bytes_max,
        )

    @cached_property
    def editor(self) -> WebhookEditor:
        """`PATCH /webhooks/{id}`, and the rotation of secrets."""
        from chalicelib.webhooks.edits import WebhookEditor

        return WebhookEditor(
            store=self.world.webhooks,
            directory=self.world.directory,
            catalogue=self.catalogue,
            webhooks=self.webhooks,
            policy=self.world.policy,
            waiting=self.waiting,
            clock=self.world.clock,
            entropy=self.world.entropy,
            audit=self.auditor,
        )

    @cached_property
    def previewer(self) -> Previewer:
        """`POST /webhooks/preview`."""
        from chalicelib.webhooks.preview import Previewer

        return Previewer(
            webhooks=self.webhooks,
            directory=self.world.directory,
            catalogue=self.catalogue,
            clock=self.world.clock,
            entropy=self.world.entropy,
            notification_bytes_max=self.settings.notification_bytes_max,
            rules=_request_rules(self.settings),
        )

    @cached_property
    def history(self) -> HistoryService:
        """`/webhooks/history`."""
        from chalicelib.history.browse import HistoryService

        return HistoryService(
            history=self.world.history,
            store=self.world.webhooks,
            webhooks=self.webhooks,
            deliveries=self.world.deliveries,
            waiting=self.world.waiting,
            clock=self.world.clock,
            entropy=self.world.entropy,
            page_bytes_max=self.settings.page_bytes_max,
        )

    @cached_property
    def callers(self) -> Callers:
        """Every request's key."""
        from chalicelib.access.callers import Callers

        return Callers(directory=self.world.directory, clock=self.world.clock, key_cache_s=self.settings.key_cache_s)

    @cached_property
    def keys(self) -> KeyService:
        """`/users/{id}/keys` and `/me/keys`."""
        from chalicelib.directory.keys import KeyService

        return KeyService(
            directory=self.world.directory,
            clock=self.world.clock,
            entropy=self.world.entropy,
            audit=self.auditor,
            callers=self.callers,
            keys_per_user_max=self.settings.keys_per_user_max,
        )

    @cached_property
    def directory(self) -> DirectoryService:
        """`/users` and `/me`."""
        from chalicelib.directory.service import DirectoryService

        return DirectoryService(
            directory=self.world.directory,
            background=self.world.background,
            clock=self.world.clock,
            entropy=self.world.entropy,
            audit=self.auditor,
            callers=self.callers,
            keys=self.keys,
        )

    @cached_property
    def rate_limiter(self) -> RateLimiter:
        """Every request that carries a key."""
        from chalicelib.access.rate_limits import RateLimiter

        return RateLimiter(
            counters=self.world.counters,
            clock=self.world.clock,
            per_key_max=self.settings.requests_per_key_per_minute_max,
            per_user_max=self.settings.requests_per_user_per_minute_max,
        )

    @cached_property
    def queues(self) -> QueueService:
        """`/queues`."""
        from chalicelib.operations.queues import QueueService

        return QueueService(depths=self.world.queue_depths)

    @cached_property
    def intake(self) -> Intake:
        """`/notifications`."""
        from chalicelib.intake.intake import Intake

        return Intake(
            catalogue=self.catalogue,
            queue=self.world.accepted,
            claims=self.world.claims,
            clock=self.world.clock,
            entropy=self.world.entropy,
            notification_bytes_max=self.settings.notification_bytes_max,
            notification_id_hours=self.settings.notification_id_hours,
            deliver_ahead_days=self.settings.deliver_ahead_days,
            depth_max=self.settings.notification_depth_max,
            fan_out_lease_s=self.settings.fan_out_lease_s,
        )

    @cached_property
    def trial(self) -> Trial:
        """`POST /webhooks/{webhook_id}/test`."""
        from chalicelib.webhooks.test_delivery import Trial

        return Trial(
            webhooks=self.webhooks,
            history=self.world.history,
            locks=self.world.locks,
            directory=self.world.directory,
            deliveries=self.world.deliveries,
            catalogue=self.catalogue,
            clock=self.world.clock,
            entropy=self.world.entropy,
            request_timeout_s=self.settings.request_timeout_s,
            notification_bytes_max=self.settings.notification_bytes_max,
        )

    @cached_property
    def recoveries(self) -> RecoveryService:
        """`POST /webhooks/{webhook_id}/recover`, and what it returns."""
        from chalicelib.history.recoveries import RecoveryService

        return RecoveryService(
            recoveries=self.world.recoveries,
            directory=self.world.directory,
            webhooks=self.webhooks,
            background=self.world.background,
            clock=self.world.clock,
            entropy=self.world.entropy,
            notification_days=self.settings.notification_days,
        )

    @cached_property
    def recoverer(self) -> Recoverer:
        """The recover worker."""
        from chalicelib.history.recoverer import Recoverer

        return Recoverer(
            recoveries=self.world.recoveries,
            history=self.world.history,
            held=self.world.held,
            store=self.world.webhooks,
            directory=self.world.directory,
            deliveries=self.world.deliveries,
            background=self.world.background,
            catalogue=self.catalogue,
            clock=self.world.clock,
            page_max=self.settings.recovery_page_max,
            recovery_s=self.settings.recovery_s,
            notification_days=self.settings.notification_days,
        )

    @cached_property
    def deferral(self) -> Deferral:
        """Notifications whose time has not come."""
        from chalicelib.intake.deferral import Deferral

        return Deferral(
            queue=self.world.accepted,
            held=self.world.held,
            clock=self.world.clock,
            sweep_s=self.settings.sweep_s,
        )

    @cached_property
    def fan_out(self) -> FanOut:
        """The notify worker."""
        from chalicelib.fanout.claims import StepClaims
        from chalicelib.fanout.fan_out import FanOut

        return FanOut(
            store=self.world.webhooks,
            directory=self.world.directory,
            claims=StepClaims(claims=self.world.claims, clock=self.world.clock, settings=self.settings),
            deliveries=self.world.deliveries,
            notifications=self.world.accepted,
            held=self.world.held,
            deferral=self.deferral,
            clock=self.world.clock,
            entropy=self.world.entropy,
            catalogue=self.catalogue,
            concurrently=self.world.concurrently,
            settings=self.settings,
        )

    @cached_property
    def deliver(self) -> Deliver:
        """The deliver worker."""
        from chalicelib.delivery.deliver import Deliver
        from chalicelib.delivery.gate import Gate
        from chalicelib.delivery.health import HealthKeeper
        from chalicelib.delivery.rules import DispatchRules
        from chalicelib.delivery.scheduler import Limits
        from chalicelib.delivery.tokens import Tokens
        from chalicelib.domain.delivery.schedule import AttemptSchedule

        return Deliver(
            history=self.world.history,
            keeper=self.keeper,
            store=self.world.webhooks,
            deliveries=self.world.deliveries,
            sender=self.world.sender,
            gate=Gate(store=self.world.webhooks, clock=self.world.clock, probe_lease_s=PROBE_LEASE_S),
            health=HealthKeeper(
                store=self.world.webhooks,
                notifications=self.world.accepted,
                waiting=self.waiting,
                audit=self.auditor,
                clock=self.world.clock,
                policy=_health_policy(self.settings),
            ),
            tokens=Tokens(self.world.clock),
            waiting=self.waiting,
            clock=self.world.clock,
            rules=DispatchRules(
                limits=Limits(
                    in_flight_max=self.settings.in_flight_max,
                    in_flight_per_webhook_max=self.settings.in_flight_per_webhook_max,
                    sending_s=self.settings.sending_s,
                ),
                requests=_request_rules(self.settings),
                slow_after_s=self.settings.slow_after_s,
                schedule=AttemptSchedule(self.settings.attempt_waits_s),
            ),
        )

    @cached_property
    def waiting(self) -> Waiting:
        """Deliveries that wait in the table."""
        from chalicelib.delivery.waiting import Waiting

        return Waiting(store=self.world.waiting, background=self.world.background, clock=self.world.clock)

    @cached_property
    def release(self) -> Release:
        """What lets them go."""
        from chalicelib.delivery.release import Release

        return Release(
            waiting=self.world.waiting,
            store=self.world.webhooks,
            deliveries=self.world.deliveries,
            background=self.world.background,
            clock=self.world.clock,
            policy=_health_policy(self.settings),
            release_s=self.settings.release_s,
        )

    @cached_property
    def keeper(self) -> RecordKeeper:
        """Whoever keeps records."""
        from chalicelib.delivery.record_keeper import RecordKeeper

        return RecordKeeper(history=self.world.history, background=self.world.background)

    @cached_property
    def due_sweep(self) -> DueSweep:
        """The schedule worker."""
        from chalicelib.delivery.due_sweep import DueSweep

        return DueSweep(
            history=self.world.history,
            store=self.world.webhooks,
            deliveries=self.world.deliveries,
            background=self.world.background,
            clock=self.world.clock,
            due_batch_max=self.settings.due_batch_max,
            sweep_s=self.settings.sweep_s,
        )

    @cached_property
    def owners(self) -> Owners:
        """Brings webhooks in step with their owners."""
        from chalicelib.directory.owners import Owners

        return Owners(
            directory=self.world.directory,
            store=self.world.webhooks,
            webhooks=self.webhooks,
            background=self.world.background,
            clock=self.world.clock,
            audit=self.auditor,
        )

    @cached_property
    def owner_sweep(self) -> OwnerSweep:
        """Finds webhooks that contradict the directory."""
        from chalicelib.directory.owner_sweep import OwnerSweep

        return OwnerSweep(
            directory=self.world.directory,
            store=self.world.webhooks,
            background=self.world.background,
            clock=self.world.clock,
            sweep_hours=self.settings.owner_sweep_hours,
            webhooks_max=self.settings.owner_sweep_webhooks_max,
        )

    @cached_property
    def purge(self) -> Purge:
        """The purge worker."""
        from chalicelib.history.purge import Purge

        return Purge(
            history=self.world.history,
            stats=self.world.stats,
            store=self.world.webhooks,
            waiting=self.world.waiting,
            recoveries=self.world.recoveries,
            background=self.world.background,
            clock=self.world.clock,
            purge_s=self.settings.purge_s,
        )


_houses: Final[list[House]] = []


def house() -> House:
    """The house of this process, made from its environment at the first call; raise `SettingsError` if that is wanting."""
    if not _houses:
        from chalicelib.adapters import logs

        logs.configure(os.environ.get("LOG_LEVEL", "INFO"))
        settings = Settings.from_environment()
        _houses.append(House(settings, Aws(settings)))
    return _houses[-1]


@contextmanager
def using(other: House) -> Iterator[House]:
    """Put another house in place for a while: for tests, and for tools that bring their own world."""
    _houses.append(other)
    try:
        yield other
    finally:
        _houses.remove(other)


def _request_rules(settings: Settings) -> RequestRules:
    from chalicelib.delivery.outbound import RequestRules

    return RequestRules(settings.request_timeout_s, settings.user_agent)


def _health_policy(settings: Settings) -> HealthPolicy:
    from chalicelib.domain.webhooks.health import HealthPolicy

    return HealthPolicy(
        open_after=settings.circuit_open_after,
        open_s=settings.circuit_open_s,
        open_max_s=settings.circuit_open_max_s,
        slow_after_s=settings.slow_after_s,
        slow_for_s=settings.slow_for_s,
        disable_after_s=settings.disable_after_s,
    )
