"""Keeping track of how webhooks do: what a batch has found is written on them, and one that is past hope is disabled."""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from chalicelib.domain import notification_types, verbatim
from chalicelib.domain.attempt import FailureCause
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.notification import principal_as_written
from chalicelib.services.ports import QueuedNotification

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from chalicelib.domain.health import Health, HealthPolicy
    from chalicelib.domain.history import HistoryRecord
    from chalicelib.domain.webhook import Webhook
    from chalicelib.services.ports import Clock, NotificationQueue, WebhookStore

log = logging.getLogger(__name__)

_WRITES_MAX: Final = 5
"""Tries against others that write the same webhook's health; the loser's count is lost, which the next attempt mends."""

GONE_REASON: Final = "The receiver answered 410 Gone."


class HealthKeeper:
    """Learns from the records of a batch."""

    def __init__(self, *, store: WebhookStore, notifications: NotificationQueue, clock: Clock, policy: HealthPolicy) -> None:
        self._store = store
        self._notifications = notifications
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

    def _learn(self, seen: Webhook, records: Sequence[HistoryRecord], probes: AbstractSet[str]) -> None:
        webhook: Webhook | None = seen
        for _ in range(_WRITES_MAX):
            if webhook is None or not webhook.is_live:
                return
            health = self._after(webhook.health, records, probes)
            if health == webhook.health or self._store.update_health(webhook.id, webhook.health, health):
                break
            webhook = self._store.get(webhook.id)
        reason = self._reason_to_disable(health, records)
        if reason is not None:
            self._disable(seen.id, reason)

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
            self._notifications.send([_disabled_notification(webhook, reason)])
            if self._store.update(webhook, webhook.disabled(reason, self._clock.now())):
                log.warning("webhook.disabled", extra={"webhook_id": webhook_id, "reason": reason})
                return


def _disabled_notification(webhook: Webhook, reason: str) -> QueuedNotification:
    notification = {
        "id": f"{webhook.id}-disabled-{webhook.version}",
        "notificationType": notification_types.WEBHOOK_DISABLED,
        "text": f"The webhook {webhook.name!r} was disabled: {reason}",
        "webhookId": webhook.id,
        "webhookName": webhook.name,
        "reason": reason,
        "actionBy": None,
        "modelType": "webhook",
        "modelId": webhook.id,
        "targetUser": principal_as_written(webhook.owner_id),
        "targetGroup": None,
    }
    return QueuedNotification(verbatim.carriable(json.dumps(notification, ensure_ascii=False)))
