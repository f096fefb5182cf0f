"""From one notification to a delivery for each webhook that wants it.

A notification is worked on in steps of bounded size. A step reads the next matching webhooks, enqueues their attempts, and
puts the rest back on the notifications queue as a continuation. All ids derive from the notification and the webhook, so
that a step that is repeated after a crash repeats the same ids. `chalicelib.services.step_claims` keeps it from being done
twice.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from chalicelib.domain import matching
from chalicelib.domain.delivery import first_attempt
from chalicelib.services import lanes, rendering
from chalicelib.services.arrivals import HOLDER, POSITION, ROOT_HOLDER, Position
from chalicelib.services.deferral import ACCEPTED_AT, ID
from chalicelib.services.ports import HeldNotification, QueuedNotification

if TYPE_CHECKING:
    from chalicelib.domain.notification import Notification
    from chalicelib.domain.webhook import Webhook
    from chalicelib.services.arrivals import ReceivedNotification
    from chalicelib.services.catalogue import Catalogue
    from chalicelib.services.deferral import Deferral
    from chalicelib.services.ports import (
        Clock,
        DeliveryQueue,
        Directory,
        Entropy,
        NotificationQueue,
        NotificationStore,
        WebhookStore,
    )
    from chalicelib.services.step_claims import StepClaims
    from chalicelib.settings import Settings

log = logging.getLogger(__name__)

_TOKEN_BYTES: Final = 16


class FanOut:
    """The notify worker's work."""

    def __init__(  # noqa: PLR0913 - one argument for each port
        self,
        *,
        store: WebhookStore,
        directory: Directory,
        claims: StepClaims,
        deliveries: DeliveryQueue,
        notifications: NotificationQueue,
        held: NotificationStore,
        deferral: Deferral,
        clock: Clock,
        entropy: Entropy,
        catalogue: Catalogue,
        settings: Settings,
    ) -> None:
        self._catalogue = catalogue
        self._store = store
        self._directory = directory
        self._claims = claims
        self._deliveries = deliveries
        self._notifications = notifications
        self._held = held
        self._deferral = deferral
        self._clock = clock
        self._entropy = entropy
        self._settings = settings

    def step(self, message: ReceivedNotification) -> None:
        """Do one step; raise `Unavailable` to be called again.

        Raises `InvalidInput`, `SchemaViolation` or `TooLarge` for what is no notification, or none of its type.
        """
        read = self._catalogue.labelled(message.read(self._settings.notification_bytes_max))
        position = message.position
        is_first = position == Position()
        if is_first:
            self._catalogue.check(read, message.text)
        if is_first and self._deferral.defers(read, message.text):
            return
        taken = self._claims.take(message, read, position)
        if taken is None:
            log.info("notification.repeated", extra={"notification_id": read.id})
            return
        if is_first:
            self._keep(taken, message.text)
        webhooks, rest = self._matching(taken, position)
        self._enqueue(taken, webhooks)
        if rest is not None:
            self._continue(message, taken, rest)
        self._claims.finish(taken, position, is_last=rest is None)
        log.info("notification.fanned_out", extra={"notification_id": taken.id, "deliveries": len(webhooks)})

    def _keep(self, taken: Notification, text: str) -> None:
        """Keep it for recoveries: the one write that a plain notification costs by itself."""
        if self._settings.notification_days:
            self._held.keep(HeldNotification(taken.id, taken.accepted_at, text), self._settings.notification_days)

    def _matching(self, taken: Notification, position: Position) -> tuple[list[Webhook], Position | None]:
        """The live webhooks of this step, and where the next one begins."""
        room = self._settings.fan_out_page_max
        found: list[Webhook] = []
        for number, source in enumerate(matching.sources(taken)):
            if number < position.source:
                continue
            after = position.after if number == position.source else None
            proposed = self._store.matching(source, after, room)
            webhooks = self._store.get_many(proposed) if proposed else {}
            known = [webhooks[webhook_id] for webhook_id in proposed if webhook_id in webhooks]
            found += [each for each in known if each.is_live and matching.first_source(each, taken) == source]
            room -= len(proposed)
            if room <= 0:
                return found, Position(number, proposed[-1])
        return found, None

    def _enqueue(self, taken: Notification, webhooks: list[Webhook]) -> None:
        if not webhooks:
            return
        now = self._clock.now()
        bodies = rendering.prepared(taken, self._directory)
        rendered = [(webhook, bodies.of(webhook)) for webhook in webhooks]
        self._deliveries.send(
            [
                lanes.enqueued(first_attempt(taken, webhook.id, made.body, made.problem), webhook.health, now)
                for webhook, made in rendered
                if made is not None
            ]
        )

    def _continue(self, message: ReceivedNotification, taken: Notification, rest: Position) -> None:
        attributes = {
            ID: taken.id,
            ACCEPTED_AT: taken.accepted_at.isoformat(),
            POSITION: str(rest),
            HOLDER: self._entropy.take(_TOKEN_BYTES).hex(),
            ROOT_HOLDER: message.root_holder,
        }
        self._notifications.send([QueuedNotification(message.text, attributes)])
