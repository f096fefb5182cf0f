"""From notifications to a delivery for each webhook that subscribes to them: one batch of messages at a time.

::

    parse ─▶ read audiences ─▶ claim the light ones ─▶ read webhooks ─▶ store ─▶ send ─┐
                                       ▲                    ▲                         │
                                       │                    └────── more of them ◀────┤
                                       └─────────────────── heavier ones ◀────────────┤
              finish the claims ◀─ continue ◀─ send to webhooks with expressions ◀────┘

An arrow waits for what comes before it. What is independent at one place runs at once: reads, claims, sendings, finishing.
A failure concerns its own message alone, and a sending that fails the messages of that sending.

A notification is worked on in steps of bounded size. A step reads the next subscribed webhooks and enqueues the first
attempts of their deliveries. The rest goes to the queue of accepted notifications as a continuation. A step that runs out of
time (`FAN_OUT_S`) names the webhooks that are left in its continuation: the next step is a lap for these.

All ids derive from the notification and the webhook, so a step that is repeated after a crash repeats the same ids.
`chalicelib.fanout.claims` keeps it from being done twice, `chalicelib.fanout.sending` decides what is sent first.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.concurrency import outcome
from chalicelib.fanout.batch import Batch
from chalicelib.fanout.claims import StillClaimed
from chalicelib.fanout.preparation import Preparation
from chalicelib.fanout.reads import BatchCatalogue, BatchReads
from chalicelib.fanout.sending import FanOutSending

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from chalicelib.delivery.ports import DeliveryQueue
    from chalicelib.directory.ports import Directory
    from chalicelib.fanout.claims import StepClaims
    from chalicelib.fanout.step import Step, Work
    from chalicelib.intake.catalogue import Catalogue
    from chalicelib.intake.deferral import Deferral
    from chalicelib.intake.messages import ReceivedNotification
    from chalicelib.intake.ports import NotificationQueue, NotificationStore
    from chalicelib.ports import Clock, Concurrently, Entropy
    from chalicelib.settings import Settings
    from chalicelib.webhooks.ports import WebhookStore

log = logging.getLogger(__name__)

_HOLDER_BYTES: Final = 16
_WITH_EXPRESSIONS_MAX: Final = 300
"""Webhooks with expressions that wait until all steps are begun: each may take 200 KB."""


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
        concurrently: Concurrently,
        settings: Settings,
    ) -> None:
        self._store = store
        self._directory = directory
        self._claims = claims
        self._deliveries = deliveries
        self._notifications = notifications
        self._held = held
        self._clock = clock
        self._entropy = entropy
        self._catalogue = catalogue
        self._concurrently = concurrently
        self._settings = settings
        self._preparation = Preparation(
            claims=claims, deferral=deferral, clock=clock, concurrently=concurrently, settings=settings
        )

    def step(self, message: ReceivedNotification) -> None:
        """Do the step of one message; raise why it failed."""
        for failure in self.batch([message]).values():
            raise failure

    def batch(self, messages: Sequence[ReceivedNotification]) -> dict[str, Exception]:
        """Do the steps of messages together; return by the messages' ids why some failed.

        `Unavailable`: try again later. `InvalidInput`, `SchemaViolation` or `TooLarge`: it is not a notification, or
        does not match its type. `NotificationIdTaken`: another one has the same id. `Runaway`: it has taken too many steps.

        SQS may put two copies of one message into a batch: the step is done once. If two messages have the same
        notification, the second one finds the claim of the first, so it is tried again when the first one is finished.
        """
        batch = self._begin()
        works = self._preparation.works(messages, batch)
        done = self._do(self._preparation.waves(works, batch), batch)
        busy = [each for each in works if isinstance(batch.failures.get(each.id), StillClaimed)]
        copies = [each for each in busy if any(each.is_same_notification(other) for other in done)]
        if copies and not batch.sending.is_over:
            batch.forget_failures(copies)
            self._do([copies], batch)
        return batch.failures

    def _begin(self) -> Batch:
        until = self._clock.now() + timedelta(seconds=self._settings.fan_out_s)
        return Batch(
            catalogue=BatchCatalogue(self._catalogue, self._concurrently),
            reads=BatchReads(store=self._store, directory=self._directory, concurrently=self._concurrently),
            sending=FanOutSending(self._deliveries, self._clock, until, self._settings.owner_work_max),
        )

    def _do(self, waves: Iterable[list[Work]], batch: Batch) -> list[Work]:
        """Claim, send and finish the steps of each wave; return those that are done."""
        for wave in waves:
            for steps in self._preparation.steps(wave, batch):
                self._send(steps, batch)
        self._send_with_expressions(batch)
        return self._finish(batch)

    def _send(self, steps: list[Step], batch: Batch) -> None:
        """Store what recoveries need, then send to webhooks without expressions, which costs nothing to make."""
        batch.steps += steps
        try:
            self._store_for_recoveries(steps)
            batch.sending.send_without_expressions(step.deliveries for step in steps)
        except Exception as failure:  # noqa: BLE001 - it is returned for each of the messages
            batch.fail([step.work for step in steps], failure)
            return
        batch.with_expressions += [step for step in steps if step.deliveries.owners]
        waiting = {webhook_id for step in batch.with_expressions for webhook_id in step.deliveries.with_expressions}
        if len(waiting) >= _WITH_EXPRESSIONS_MAX:
            self._send_with_expressions(batch)

    def _store_for_recoveries(self, steps: list[Step]) -> None:
        stored = [step.stored for step in steps if step.work.is_first and self._settings.notification_days > 0]
        if stored:
            self._held.keep(stored, self._settings.notification_days)

    def _send_with_expressions(self, batch: Batch) -> None:
        steps, batch.with_expressions = batch.with_expressions, []
        try:
            batch.sending.send_with_expressions([step.deliveries for step in steps])
        except Exception as failure:  # noqa: BLE001 - it is returned for each of the messages
            batch.fail([step.work for step in steps], failure)

    def _finish(self, batch: Batch) -> list[Work]:
        """Continue the steps that are not the last ones, then finish the claims of all; return what is done."""
        self._continue(batch.sent, batch)
        steps, batch.steps = batch.sent, []
        finished = self._concurrently(self._finish_claim, steps)
        done = batch.without_failures(steps, finished)
        for step, _ in done:
            left = len(step.deliveries.left)
            counts = {"deliveries": step.deliveries.made} | ({"left": left} if left else {})
            log.info("notification.fanned_out", extra={"notification_id": step.work.notification.id, **counts})
        return [step.work for step, _ in done]

    def _continue(self, steps: list[Step], batch: Batch) -> None:
        """Put the rest of the steps on the queue."""
        now = self._clock.now()
        continuing = [(step, position) for step in steps if (position := step.next_position) is not None]
        rest = [step.continuation(position, self._new_holder(), now) for step, position in continuing]
        failure = outcome(self._notifications.send, rest) if rest else None
        if failure is not None:
            batch.fail([step.work for step, _ in continuing], failure)

    def _new_holder(self) -> str:
        return self._entropy.take(_HOLDER_BYTES).hex()

    def _finish_claim(self, step: Step) -> None:
        self._claims.finish(step.work, is_last=step.next_position is None)
