"""Trying a webhook out: a test notification through the same queue and the same worker as any other."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.domain import delivery, ids, notification, notification_types
from chalicelib.domain.attempt import PendingAttempt, Trigger
from chalicelib.services import arrivals, lanes, rendering
from chalicelib.services.rendering import Rendered

if TYPE_CHECKING:
    from chalicelib.domain.directory import Caller
    from chalicelib.domain.history import HistoryRecord
    from chalicelib.domain.ids import RecordId
    from chalicelib.domain.webhook import Webhook
    from chalicelib.services.catalogue import Catalogue
    from chalicelib.services.ports import Clock, DeliveryQueue, Directory, Entropy, HistoryStore
    from chalicelib.services.webhooks import WebhookService

BEYOND_S: Final = 4.0
"""Time for the queue and for writing the record, beyond the attempt's own deadline."""
WAIT_MAX_S: Final = 24.0
"""API Gateway ends a request after 29 s."""
_PAUSE_S: Final = 0.1
_PAUSE_MAX_S: Final = 1.0
_PAUSE_GROWTH: Final = 1.5
_HELD_BACK: Final = "The webhook's filter holds this notification back."


class Trial:
    """The use case of `POST /webhooks/{webhook_id}/test`."""

    def __init__(  # noqa: PLR0913 - one argument for each port
        self,
        *,
        webhooks: WebhookService,
        history: HistoryStore,
        directory: Directory,
        deliveries: DeliveryQueue,
        catalogue: Catalogue,
        clock: Clock,
        entropy: Entropy,
        request_timeout_s: float,
        notification_bytes_max: int,
    ) -> None:
        self._webhooks = webhooks
        self._history = history
        self._directory = directory
        self._deliveries = deliveries
        self._catalogue = catalogue
        self._clock = clock
        self._entropy = entropy
        self._request_timeout_s = request_timeout_s
        self._notification_bytes_max = notification_bytes_max

    def run(self, caller: Caller, webhook_id: str, text: str | None) -> HistoryRecord | RecordId:
        """Send a notification (the sample, where none is given), and wait for what comes of it.

        Returns the record, or, where the attempt takes longer than anybody waits, the id that its record will have. Raises
        `WebhookPaused` or `WebhookDisabled` where none may be made.
        """
        webhook = self._webhooks.get(caller, webhook_id)
        webhook.require_live()
        attempt = self._attempt(caller, webhook, sample(webhook) if text is None else text)
        self._deliveries.send([lanes.enqueued(attempt, webhook.health, self._clock.now())])
        return self._outcome(attempt.record_id, webhook) or attempt.record_id

    def _attempt(self, caller: Caller, webhook: Webhook, text: str) -> PendingAttempt:
        arrivals.check_size(text, self._notification_bytes_max)
        now = self._clock.now()
        read = notification.parse(text, notification_id=ids.NOTIFICATION + self._fresh(), accepted_at=now)
        taken = self._catalogue.labelled(read)
        made = rendering.prepared(taken, self._directory, shown_to=caller).of(webhook) or Rendered("", _HELD_BACK)
        return replace(
            delivery.first_attempt(taken, webhook.id, made.body, made.problem),
            record_id=ids.RecordId(webhook.id, self._fresh()),
            delivery_id=ids.DELIVERY + self._fresh(),
            trigger=Trigger.TEST,
        )

    def _outcome(self, record_id: RecordId, webhook: Webhook) -> HistoryRecord | None:
        """Look for the record, less and less often, until it is there or nobody waits any longer."""
        wait_s = min((webhook.request_timeout_s or self._request_timeout_s) + BEYOND_S, WAIT_MAX_S)
        until = self._clock.now() + timedelta(seconds=wait_s)
        pause_s = _PAUSE_S
        while (found := self._history.get(record_id)) is None and self._clock.now() < until:
            self._clock.sleep(pause_s)
            pause_s = min(pause_s * _PAUSE_GROWTH, _PAUSE_MAX_S)
        return found

    def _fresh(self) -> str:
        return ids.sortable(self._clock.now(), self._entropy.take(ids.ENTROPY_BYTES))


def sample(webhook: Webhook) -> str:
    """The reference page's example, of the first type that the webhook names, with a text that says what it is."""
    first = webhook.notification_types[0]
    is_plain = notification_types.is_name(first) and first != notification_types.ALL
    members = {
        "notificationType": first if is_plain else "modelDeleted",
        "text": f"This is a test of the webhook {webhook.name!r}.",
        "dataSourceName": "test",
        "actionBy": 1,
        "modelType": "datasource",
        "modelId": 15,
        "targetUser": 1,
        "targetGroup": None,
    }
    return json.dumps(members)
