"""What the API does with webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.outbound import request_rules
from chalicelib.composition.removal import removal
from chalicelib.composition.waiting import waiting
from chalicelib.webhooks.edits import WebhookEditor
from chalicelib.webhooks.preview import Previewer
from chalicelib.webhooks.service import WebhookService
from chalicelib.webhooks.test_delivery import WebhookTester

if TYPE_CHECKING:
    from chalicelib.access.audit import Auditor
    from chalicelib.composition.adapters import Adapters
    from chalicelib.intake.catalogue import Catalogue
    from chalicelib.settings import Settings


def webhook_service(adapters: Adapters, settings: Settings, catalogue: Catalogue, audit: Auditor) -> WebhookService:
    """Creates, shows and deletes them."""
    return WebhookService(
        catalogue=catalogue,
        store=adapters.webhooks,
        directory=adapters.directory,
        removal=removal(adapters),
        policy=adapters.policy,
        clock=adapters.clock,
        entropy=adapters.entropy,
        audit=audit,
        webhooks_per_user_max=settings.webhooks_per_user_max,
    )


def editor(adapters: Adapters, catalogue: Catalogue, webhooks: WebhookService, audit: Auditor) -> WebhookEditor:
    """Changes them, and rotates their secrets."""
    return WebhookEditor(
        store=adapters.webhooks,
        directory=adapters.directory,
        catalogue=catalogue,
        webhooks=webhooks,
        policy=adapters.policy,
        waiting=waiting(adapters),
        clock=adapters.clock,
        entropy=adapters.entropy,
        audit=audit,
    )


def previewer(adapters: Adapters, settings: Settings, catalogue: Catalogue, webhooks: WebhookService) -> Previewer:
    """Shows the request that a webhook would get."""
    return Previewer(
        webhooks=webhooks,
        directory=adapters.directory,
        catalogue=catalogue,
        clock=adapters.clock,
        entropy=adapters.entropy,
        notification_bytes_max=settings.notification_bytes_max,
        rules=request_rules(settings),
    )


def tester(adapters: Adapters, settings: Settings, catalogue: Catalogue, webhooks: WebhookService) -> WebhookTester:
    """Sends a test to a webhook."""
    return WebhookTester(
        webhooks=webhooks,
        history=adapters.history,
        locks=adapters.locks,
        directory=adapters.directory,
        deliveries=adapters.deliveries,
        catalogue=catalogue,
        clock=adapters.clock,
        entropy=adapters.entropy,
        request_timeout_s=settings.request_timeout_s,
        notification_bytes_max=settings.notification_bytes_max,
    )
