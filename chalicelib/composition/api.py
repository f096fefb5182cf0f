"""The API's function: a service for each noun of the URLs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.access.callers import Callers
from chalicelib.access.rate_limits import RateLimiter
from chalicelib.composition import webhooks as of_webhooks
from chalicelib.composition.audit import auditor
from chalicelib.composition.catalogue import catalogue
from chalicelib.directory.keys import KeyService
from chalicelib.directory.service import DirectoryService
from chalicelib.history.browse import HistoryService
from chalicelib.history.recoveries import RecoveryService
from chalicelib.history.stats import StatsService
from chalicelib.intake.catalogue_service import CatalogueService
from chalicelib.intake.intake import Intake
from chalicelib.operations.queues import QueueService

if TYPE_CHECKING:
    from chalicelib.access.audit import Auditor
    from chalicelib.composition.adapters import Adapters
    from chalicelib.intake.catalogue import Catalogue
    from chalicelib.ports import Clock
    from chalicelib.settings import Settings
    from chalicelib.webhooks.edits import WebhookEditor
    from chalicelib.webhooks.preview import Previewer
    from chalicelib.webhooks.service import WebhookService
    from chalicelib.webhooks.test_delivery import WebhookTester


@dataclass(frozen=True, eq=False, repr=False)
class Services:
    """What the views call."""

    settings: Settings
    clock: Clock
    callers: Callers
    rate_limiter: RateLimiter
    auditor: Auditor
    catalogue: Catalogue
    directory: DirectoryService
    editor: WebhookEditor
    history: HistoryService
    intake: Intake
    keys: KeyService
    notification_types: CatalogueService
    previewer: Previewer
    queues: QueueService
    recoveries: RecoveryService
    stats: StatsService
    tester: WebhookTester
    webhooks: WebhookService


def services(adapters: Adapters, settings: Settings) -> Services:
    """All of them. They share the catalogue and the keys that are cached."""
    audit, types = auditor(adapters), catalogue(adapters, settings)
    webhooks = of_webhooks.webhook_service(adapters, settings, types, audit)
    callers = Callers(directory=adapters.directory, clock=adapters.clock, key_cache_s=settings.key_cache_s)
    keys = _keys(adapters, settings, callers, audit)
    return Services(
        settings=settings,
        clock=adapters.clock,
        callers=callers,
        rate_limiter=_rate_limiter(adapters, settings),
        auditor=audit,
        catalogue=types,
        directory=_directory(adapters, callers, keys, audit),
        editor=of_webhooks.editor(adapters, types, webhooks, audit),
        history=_history(adapters, settings, webhooks),
        intake=_intake(adapters, settings, types),
        keys=keys,
        notification_types=_notification_types(adapters, settings, types),
        previewer=of_webhooks.previewer(adapters, settings, types, webhooks),
        queues=QueueService(depths=adapters.queue_depths),
        recoveries=_recoveries(adapters, settings, webhooks),
        stats=_stats(adapters, settings, webhooks),
        tester=of_webhooks.tester(adapters, settings, types, webhooks),
        webhooks=webhooks,
    )


def _rate_limiter(adapters: Adapters, settings: Settings) -> RateLimiter:
    return RateLimiter(
        counters=adapters.counters,
        clock=adapters.clock,
        per_key_max=settings.requests_per_key_per_minute_max,
        per_user_max=settings.requests_per_user_per_minute_max,
    )


def _keys(adapters: Adapters, settings: Settings, callers: Callers, audit: Auditor) -> KeyService:
    return KeyService(
        directory=adapters.directory,
        clock=adapters.clock,
        entropy=adapters.entropy,
        audit=audit,
        callers=callers,
        keys_per_user_max=settings.keys_per_user_max,
    )


def _directory(adapters: Adapters, callers: Callers, keys: KeyService, audit: Auditor) -> DirectoryService:
    return DirectoryService(
        directory=adapters.directory,
        background=adapters.background,
        clock=adapters.clock,
        entropy=adapters.entropy,
        audit=audit,
        callers=callers,
        keys=keys,
    )


def _history(adapters: Adapters, settings: Settings, webhooks: WebhookService) -> HistoryService:
    return HistoryService(
        history=adapters.history,
        store=adapters.webhooks,
        webhooks=webhooks,
        deliveries=adapters.deliveries,
        waiting=adapters.waiting,
        clock=adapters.clock,
        entropy=adapters.entropy,
        page_bytes_max=settings.page_bytes_max,
    )


def _recoveries(adapters: Adapters, settings: Settings, webhooks: WebhookService) -> RecoveryService:
    return RecoveryService(
        recoveries=adapters.recoveries,
        directory=adapters.directory,
        webhooks=webhooks,
        background=adapters.background,
        clock=adapters.clock,
        entropy=adapters.entropy,
        notification_days=settings.notification_days,
    )


def _stats(adapters: Adapters, settings: Settings, webhooks: WebhookService) -> StatsService:
    return StatsService(store=adapters.stats, webhooks=webhooks, clock=adapters.clock, reads_max=settings.stats_read_max)


def _intake(adapters: Adapters, settings: Settings, types: Catalogue) -> Intake:
    return Intake(
        catalogue=types,
        queue=adapters.accepted,
        claims=adapters.claims,
        clock=adapters.clock,
        entropy=adapters.entropy,
        notification_bytes_max=settings.notification_bytes_max,
        notification_id_hours=settings.notification_id_hours,
        deliver_ahead_days=settings.deliver_ahead_days,
        depth_max=settings.notification_depth_max,
        fan_out_lease_s=settings.fan_out_lease_s,
    )


def _notification_types(adapters: Adapters, settings: Settings, types: Catalogue) -> CatalogueService:
    return CatalogueService(
        catalogue=types,
        types=adapters.notification_types,
        store=adapters.webhooks,
        directory=adapters.directory,
        clock=adapters.clock,
        types_max=settings.notification_types_max,
        schema_bytes_max=settings.notification_schema_bytes_max,
    )
