"""Keeping track of how webhooks do: what a batch has found is written on them, and one that is past hope is disabled."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from chalicelib.domain.attempt import FailureCause
from chalicelib.domain.audit import POSTHORN, AuditAction
from chalicelib.domain.errors import Unavailable
from chalicelib.services import owner_notices

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from chalicelib.domain.health import Health, HealthPolicy
    from chalicelib.domain.history import HistoryRecord
    from chalicelib.domain.webhook import Webhook
    from chalicelib.services.audit import Auditor
    from chalicelib.services.ports import Clock, NotificationQueue, WebhookStore
    from chalicelib.services.waiting import Waiting

log = logging.getLogger(__name__)

_WRITES_MAX: Final = 5
"""Tries against others that write the same webhook's health; the loser's count is lost, which the next attempt mends."""

GONE_REASON: Final = "The receiver answered 410 Gone."


class HealthKeeper:
    """Learns from the records of a batch."""

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

    def learn(self, webhooks: Mapping[str, Webhook], records: Sequence[HistoryRecord], probes: AbstractSet[str]) -> None:
        """Bring the webhooks' health up to date; nothing is written for one that was well and is well.

        The attempts are made and kept by now. So where the table refuses this, it is logged and left to the next batch.
        """
        by_webhook: defaultdict[str, list[HistoryRecord]] = defaultdict(list)
        for record in sorted(records, key=lambda each: each.finished_at):
            by_webhook[record.attempt.webhook_id].append(record)
        for webhook_id, theirs in by_webhook.items():
            try:
                self._learn(webhooks[webhook_id], theirs, probes)
            except Unavailable as error:
                log.warning("health.not_kept", extra={"webhook_id": webhook_id, "reason": error.message})

    def mark_slow(self, webhook_id: str) -> Health | None:
        """Mark a webhook as slow while an attempt for it is still out; return its health, ``None`` where it is not live.

        Read before it is written: of the many that wait for one receiver at the same time, the first one writes. Where the
        table refuses, the end of the attempt will tell the same.
        """
        try:
            return self._mark_slow(webhook_id)
        except Unavailable as error:
            log.warning("health.not_kept", extra={"webhook_id": webhook_id, "reason": error.message})
            return None

    def _mark_slow(self, webhook_id: str) -> Health | None:
        for _ in range(_WRITES_MAX):
            webhook = self._store.get(webhook_id)
            if webhook is None or not webhook.is_live:
                return None
            health = webhook.health.while_out(self._clock.now(), self._policy.slow_after_s, self._policy)
            if health == webhook.health:
                return health
            if self._store.update_health(webhook_id, webhook.health, health):
                log.info("webhook.slow", extra={"webhook_id": webhook_id})
                return health
        return None

    def _learn(self, seen: Webhook, records: Sequence[HistoryRecord], probes: AbstractSet[str]) -> None:
        webhook: Webhook | None = seen
        for _ in range(_WRITES_MAX):
            if webhook is None or not webhook.is_live:
                return
            before, health = webhook, self._after(webhook.health, records, probes)
            if health == before.health or self._store.update_health(webhook.id, before.health, health):
                break
            webhook = self._store.get(webhook.id)
        else:
            before = replace(before, health=health)  # the others' writes stand, and it is theirs to tell of them
        reason = self._reason_to_disable(health, records)
        if reason is not None:
            self._disable(seen.id, reason)
        else:
            self._tell(before, health)

    def _tell(self, webhook: Webhook, after: Health) -> None:
        """Notify the owner that the circuit has opened, or closed again; when it closes, wake what waits.

        Whoever wrote the transition tells of it, and only one does. Dying in between leaves it untold: to tell first would
        tell of what another writer may have prevented.
        """
        was_open, is_open = webhook.health.probe_at is not None, after.probe_at is not None
        if was_open == is_open:
            return
        if was_open:
            self._waiting.wake(webhook.id)
        self._notifications.send([owner_notices.failing(webhook, after) if is_open else owner_notices.recovered(webhook)])

    def _after(self, health: Health, records: Sequence[HistoryRecord], probes: AbstractSet[str]) -> Health:
        for record in records:
            took_s = record.exchange.duration_ms / 1000
            if record.failure is None:
                health = health.after_success(record.finished_at, took_s, self._policy)
            else:
                is_probe = str(record.attempt.record_id) in probes
                health = health.after_failure(record.finished_at, took_s, self._policy, is_probe=is_probe)
        return health

    def _reason_to_disable(self, health: Health, records: Sequence[HistoryRecord]) -> str | None:
        if any(record.failure is FailureCause.GONE for record in records):
            return GONE_REASON
        if health.has_failed_for_too_long(self._clock.now(), self._policy):
            since = f"{health.failing_since:%Y-%m-%d %H:%M} UTC"
            return f"There was nothing but failures since {since}, {health.failures} in a row."
        return None

    def _disable(self, webhook_id: str, reason: str) -> None:
        """Call the webhook no more, and tell its owner.

        Told first, under an id that makes it once only: whoever dies in between leaves a webhook that fails again, and is
        disabled then.
        """
        for _ in range(_WRITES_MAX):
            webhook = self._store.get(webhook_id)
            if webhook is None or not webhook.is_live:
                return
            self._notifications.send([owner_notices.disabled(webhook, reason)])
            disabled = webhook.disabled(reason, self._clock.now())
            if self._store.disable(webhook, disabled):
                self._audit.webhook(POSTHORN, AuditAction.WEBHOOK_DISABLED, webhook, disabled)
                log.warning("webhook.disabled", extra={"webhook_id": webhook_id, "reason": reason})
                return
