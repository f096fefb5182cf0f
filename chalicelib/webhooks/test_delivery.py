"""Tests of webhooks: a test notification takes the same queue and worker as any other.

A webhook has one test at a time. The lock has the test's record id. It ends if the record exists when the caller stops
waiting or when the next caller looks, or if the time of the attempt is over. So the deliver worker does not know of locks,
and a process that dies does not block others for long.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.delivery import lanes
from chalicelib.domain import ids
from chalicelib.domain.delivery.attempt import PendingAttempt, Trigger
from chalicelib.domain.errors import AnotherTestRunning, Unavailable
from chalicelib.domain.expressions.evaluation import Allowance
from chalicelib.domain.ids import RecordId
from chalicelib.domain.notifications import notification, notification_types, producer
from chalicelib.fanout import rendering
from chalicelib.fanout.rendering import Rendered
from chalicelib.intake import messages

if TYPE_CHECKING:
    from chalicelib.delivery.ports import DeliveryQueue
    from chalicelib.directory.ports import Directory
    from chalicelib.domain.directory.users import Caller
    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.fanout.ports import Locks
    from chalicelib.history.ports import HistoryStore
    from chalicelib.intake.catalogue import Catalogue
    from chalicelib.ports import Clock, Entropy
    from chalicelib.webhooks.service import WebhookService

WAIT_MAX_S: Final = 2.0
"""How long a caller waits for the record. With everything else, a response takes less than 3 s."""
BEYOND_S: Final = 10.0
"""Time for the queue and for writing the record, after the attempt's own timeout. Then another test may start."""
_PAUSE_S: Final = 0.1
_PAUSE_MAX_S: Final = 0.5
_PAUSE_GROWTH: Final = 1.5
_HELD_BACK: Final = "The webhook's filter does not match this notification."


class WebhookTester:
    """The use case of `POST /webhooks/{webhook_id}/test`."""

    def __init__(  # noqa: PLR0913 - one argument for each port
        self,
        *,
        webhooks: WebhookService,
        history: HistoryStore,
        locks: Locks,
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
        self._locks = locks
        self._directory = directory
        self._deliveries = deliveries
        self._catalogue = catalogue
        self._clock = clock
        self._entropy = entropy
        self._request_timeout_s = request_timeout_s
        self._notification_bytes_max = notification_bytes_max

    def run(self, caller: Caller, webhook_id: str, text: str | None) -> HistoryRecord | RecordId:
        """Send a notification, by default the sample, and wait for the outcome.

        Returns the record or, if the attempt takes longer, the id that its record will have. Raises `WebhookPaused` or
        `WebhookDisabled` if the webhook gets no deliveries, and `AnotherTestRunning` if another test is running.
        """
        webhook = self._webhooks.get(caller, webhook_id)
        webhook.require_live()
        attempt = self._attempt(caller, webhook, sample(webhook) if text is None else text)
        self._lock(webhook, attempt.record_id)
        try:
            self._deliveries.send([lanes.enqueued(attempt, webhook.health, self._clock.now())])
        except Unavailable:
            self._locks.release(_lock_of(webhook), str(attempt.record_id))
            raise
        found = self._outcome(attempt.record_id)
        if found is None:
            return attempt.record_id
        self._locks.release(_lock_of(webhook), str(attempt.record_id))
        return found

    def _lock(self, webhook: Webhook, mine: RecordId) -> None:
        """Lock the webhook for this test, also if the last test has its record; raise `AnotherTestRunning` otherwise."""
        now = self._clock.now()
        until = now + timedelta(seconds=(webhook.request_timeout_s or self._request_timeout_s) + BEYOND_S)
        running = self._locks.take(_lock_of(webhook), str(mine), now=now, until=until)
        if running != str(mine) and self._is_over(running):
            self._locks.release(_lock_of(webhook), running)
            running = self._locks.take(_lock_of(webhook), str(mine), now=now, until=until)
        if running != str(mine):
            message = f"A test of this webhook is running. Wait for /webhooks/history/{running}, then start another."
            raise AnotherTestRunning(message, {"recordId": running})

    def _is_over(self, running: str) -> bool:
        record_id = RecordId.parse(running)
        return record_id is None or self._history.get(record_id) is not None

    def _attempt(self, caller: Caller, webhook: Webhook, text: str) -> PendingAttempt:
        messages.check_size(text, self._notification_bytes_max)
        now = self._clock.now()
        sender = producer.of_user(caller.user_id)
        read = notification.parse(
            text, notification_id=ids.NOTIFICATION + self._fresh(), accepted_at=now, producer_name=sender
        )
        taken = self._catalogue.labelled(read)
        rendered = rendering.prepared(taken, self._directory, shown_to=caller)
        made = rendered.of(webhook, Allowance()) or Rendered("", _HELD_BACK)
        return replace(
            made.first_attempt(taken, webhook.id),
            record_id=ids.RecordId(webhook.id, self._fresh()),
            delivery_id=ids.DELIVERY + self._fresh(),
            trigger=Trigger.TEST,
        )

    def _outcome(self, record_id: RecordId) -> HistoryRecord | None:
        """Look for the record, with growing pauses, until it exists or the time is over."""
        until = self._clock.now() + timedelta(seconds=WAIT_MAX_S)
        pause_s = _PAUSE_S
        while (found := self._history.get(record_id)) is None and (left := until - self._clock.now()) > timedelta(0):
            self._clock.sleep(min(pause_s, left.total_seconds()))
            pause_s = min(pause_s * _PAUSE_GROWTH, _PAUSE_MAX_S)
        return found

    def _fresh(self) -> str:
        return ids.sortable(self._clock.now(), self._entropy.take(ids.ENTROPY_BYTES))


def _lock_of(webhook: Webhook) -> str:
    return f"test|{webhook.id}"


def sample(webhook: Webhook) -> str:
    """The sample: of the first type that the webhook names, with a text that says that it is a test."""
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
