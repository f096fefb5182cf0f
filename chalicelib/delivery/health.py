"""Writes what a batch has learned about the health of its webhooks, and disables a webhook that only fails.

Only attempts to the current version of a webhook count: responses from an earlier URL, or to an earlier secret, say nothing
about it. Every write has a condition on the version, and on the health that it was decided from (optimistic concurrency).
"""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from chalicelib.delivery import owner_notices
from chalicelib.domain.delivery.attempt import FailureCause
from chalicelib.domain.directory.audit import POSTHORN, AuditAction
from chalicelib.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chalicelib.access.audit import Auditor
    from chalicelib.delivery.recording import Ended
    from chalicelib.delivery.waiting import Waiting
    from chalicelib.domain.webhooks.health import Health, HealthPolicy
    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.intake.ports import NotificationQueue
    from chalicelib.ports import Clock
    from chalicelib.webhooks.ports import WebhookStore

log = logging.getLogger(__name__)

_WRITES_MAX: Final = 5
"""Tries against other writers of the same webhook's health. After that the count is lost; the next attempt corrects it."""

GONE_REASON: Final = "The receiver answered 410 Gone."


class HealthKeeper:
    """Updates webhooks from the attempts of a batch."""

    def __init__(
        self,
        *,
        store: WebhookStore,
        notifications: NotificationQueue,
        waiting: Waiting,
        audit: Auditor,
        clock: Clock,
        policy: HealthPolicy,
    ) -> None:
        self._store = store
        self._notifications = notifications
        self._waiting = waiting
        self._audit = audit
        self._clock = clock
        self._policy = policy

    def learn(self, webhooks: Mapping[str, Webhook], ended: Sequence[Ended]) -> None:
        """Update the health of the webhooks, as they were read last; nothing is written for one that stays healthy.

        The attempts are recorded by now. So if the table refuses this, it is logged and left to the next batch.
        """
        by_webhook: defaultdict[str, list[Ended]] = defaultdict(list)
        for each in sorted(ended, key=lambda each: each.record.finished_at):
            if each.webhook.version == webhooks[each.webhook.id].version:
                by_webhook[each.webhook.id].append(each)
        for webhook_id, theirs in by_webhook.items():
            try:
                self._learn(webhooks[webhook_id], theirs)
            except Unavailable as error:
                log.warning("health.not_kept", extra={"webhook_id": webhook_id, "reason": error.message})

    def mark_slow(self, sent_to: Webhook) -> Health | None:
        """Mark a webhook as slow while an attempt for it is still in flight; return its health.

        ``None`` if it is not live, or was changed since the attempt was sent.

        It is read before it is written: if many attempts wait for one receiver at the same time, the first one writes. If
        the table refuses, the end of the attempt reports the same.
        """
        try:
            return self._mark_slow(sent_to)
        except Unavailable as error:
            log.warning("health.not_kept", extra={"webhook_id": sent_to.id, "reason": error.message})
            return None

    def _mark_slow(self, sent_to: Webhook) -> Health | None:
        for _ in range(_WRITES_MAX):
            webhook = self._present(sent_to)
            if webhook is None:
                return None
            health = webhook.health.while_in_flight(self._clock.now(), self._policy.slow_after_s, self._policy)
            if health == webhook.health:
                return health
            if self._store.update_health(webhook, health):
                log.info("webhook.slow", extra={"webhook_id": webhook.id})
                return health
        return None

    def _present(self, sent_to: Webhook) -> Webhook | None:
        """The webhook as it is now; ``None`` if it is not live, or was changed: then the attempt says nothing about it."""
        webhook = self._store.get(sent_to.id)
        is_present = webhook is not None and webhook.is_live and webhook.version == sent_to.version
        return webhook if is_present else None

    def _learn(self, seen: Webhook, ended: Sequence[Ended]) -> None:
        webhook: Webhook | None = seen if seen.is_live else None
        for _ in range(_WRITES_MAX):
            if webhook is None:
                return
            before, health = webhook, self._after(webhook, ended)
            if health == before.health or self._store.update_health(before, health):
                break
            webhook = self._present(seen)
        else:
            before = replace(before, health=health)  # the other writers have won, and they notify the owner
        if self._reason_to_disable(health, ended) is not None:
            self._disable(seen, ended)
        else:
            self._notify(before, health)

    def _notify(self, webhook: Webhook, after: Health) -> None:
        """Notify the owner that the circuit has opened or closed; when it closes, or a pause ends, wake waiting deliveries.

        Only the process that wrote the transition does this. If it dies in between, the owner is not notified. It cannot
        notify first, because another writer may prevent the transition.
        """
        if webhook.health.called_again_at is not None and after.called_again_at is None:
            self._waiting.wake(webhook.id)
        was_open, is_open = webhook.health.probe_at is not None, after.probe_at is not None
        if was_open == is_open:
            return
        self._notifications.send([owner_notices.failing(webhook, after) if is_open else owner_notices.recovered(webhook)])

    def _after(self, webhook: Webhook, ended: Sequence[Ended]) -> Health:
        health = webhook.health
        for each in ended:
            at, took_s = each.record.finished_at, each.record.exchange.duration_ms / 1000
            if each.record.failure is None:
                health = health.after_success(at, took_s, self._policy, is_probe=each.is_probe)
            else:
                health = health.after_failure(at, took_s, self._policy, is_probe=each.is_probe, asked_s=each.asked_s)
        return health

    def _reason_to_disable(self, health: Health, ended: Sequence[Ended]) -> str | None:
        if any(each.record.failure is FailureCause.GONE for each in ended):
            return GONE_REASON
        if health.has_failed_for_too_long(self._clock.now(), self._policy):
            since = f"{health.failing_since:%Y-%m-%d %H:%M} UTC"
            return f"There was nothing but failures since {since}, {health.failures} in a row."
        return None

    def _disable(self, seen: Webhook, ended: Sequence[Ended]) -> None:
        """Disable the webhook, and notify its owner, if the reason still holds.

        The owner is notified first, with an id by which that happens once. If the process dies in between, the webhook fails
        again, and is disabled then.
        """
        for _ in range(_WRITES_MAX):
            webhook = self._present(seen)
            reason = None if webhook is None else self._reason_to_disable(webhook.health, ended)
            if webhook is None or reason is None:
                return
            self._notifications.send([owner_notices.disabled(webhook, reason)])
            disabled = webhook.disabled(reason, self._clock.now())
            if self._store.disable(webhook, disabled):
                self._audit.webhook(POSTHORN, AuditAction.WEBHOOK_DISABLED, webhook, disabled)
                log.warning("webhook.disabled", extra={"webhook_id": webhook.id, "reason": reason})
                return
