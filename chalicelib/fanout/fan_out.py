"""From one notification to a delivery for each webhook that wants it.

A notification is worked on in steps of bounded size. A step reads the next matching webhooks, enqueues their attempts, and
puts the rest on the queue of accepted notifications as a continuation. A step that runs out of time (`FAN_OUT_S`) names in
its continuation the webhooks that it has not got to: the next step is a lap for these.

All ids derive from the notification and the webhook, so that a step that is repeated after a crash repeats the same ids.
`chalicelib.fanout.claims` keeps it from being done twice, `chalicelib.fanout.batch` does the steps of one
batch together, and `chalicelib.fanout.sending` decides what of them is sent first.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.domain.notifications import envelope, matching
from chalicelib.fanout.batch import FanOutBatch, Step
from chalicelib.fanout.batch_view import LARGE, BatchCatalogue, BatchView
from chalicelib.fanout.owed_attempts import OwedAttempts
from chalicelib.fanout.sending import FanOutSending
from chalicelib.intake.deferral import check_ahead
from chalicelib.intake.messages import END, Position
from chalicelib.intake.ports import HeldNotification, QueuedNotification

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.delivery.ports import DeliveryQueue
    from chalicelib.directory.ports import Directory
    from chalicelib.domain.notifications.notification import Notification
    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.fanout.claims import StepClaims
    from chalicelib.intake.catalogue import Catalogue
    from chalicelib.intake.deferral import Deferral
    from chalicelib.intake.messages import ReceivedNotification
    from chalicelib.intake.ports import NotificationQueue, NotificationStore
    from chalicelib.ports import Clock, Entropy
    from chalicelib.settings import Settings
    from chalicelib.webhooks.ports import WebhookStore

log = logging.getLogger(__name__)

_TOKEN_BYTES: Final = 16
_KB: Final = 1_000


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
        """Do one step by itself; raise `Unavailable` to be called again.

        Raises `InvalidInput`, `SchemaViolation` or `TooLarge` for what is no notification, or none of its type, and
        `NotificationIdTaken` for another one under the same id.
        """
        batch = self.batch()
        batch.begin(message)
        batch.end(message.message_id)

    def batch(self) -> FanOutBatch:
        """Steps that are done together."""
        until = self._clock.now() + timedelta(seconds=self._settings.fan_out_s)
        sending = FanOutSending(self._deliveries, self._clock, until, self._settings.owner_work_max)
        return FanOutBatch(self, BatchView(self._store), BatchCatalogue(self._catalogue), sending)

    def read(self, message: ReceivedNotification, catalogue: Catalogue) -> Notification:
        """The notification of a message; raise what `step` raises where it is none.

        Raises `Runaway` for a fan-out that has taken too many steps. What was accepted is not refused for a limit that was
        lowered since.
        """
        message.require_no_pretence()
        message.hops.check(self._settings.step_hops_max)
        read = catalogue.labelled(message.read(self._settings.notification_bytes_max))
        if not message.is_accepted:
            check_ahead(read, self._settings.deliver_ahead_days)
        return read

    def weight(self, message: ReceivedNotification, read: Notification, view: BatchView, catalogue: Catalogue) -> int:
        """How much a step has to do: about the number of webhooks that it is proposed, and the KB to check against a schema.

        What is read for that, by one request an audience, is there for `prepare`. Where one user or group asks for much,
        that says enough, and the other audiences are not read.
        """
        if message.position != Position():
            return self._settings.fan_out_page_max
        if read.deliver_at is not None and read.deliver_at > self._clock.now():
            return 0
        total = len(message.text) // _KB if catalogue.checks(read) else 0
        for source in matching.sources(read):
            weight = view.weight(source)
            total += weight
            if weight >= LARGE and not source.is_global:
                break
        return total

    def prepare(
        self, message: ReceivedNotification, read: Notification, view: BatchView, catalogue: Catalogue
    ) -> Step | None:
        """Claim a step, and work out what it sends; ``None`` where there is nothing to do."""
        position, left = message.position, message.left
        is_first = position == Position()
        if is_first:
            catalogue.check(read, message.text)
        if is_first and self._deferral.defers(read, message.text):
            return None
        taken = self._claims.take(message, read, position)
        if taken is None:
            log.info("notification.repeated", extra={"notification_id": read.id})
            return None
        webhooks, rest = self._left(view, taken, position, left) if left else self._matching(view, taken, position)
        is_kept = is_first and self._settings.notification_days > 0
        return Step(
            message=message,
            taken=taken,
            position=position,
            rest=rest,
            attempts=OwedAttempts(taken, webhooks, self._directory, self._clock.now()),
            kept=_kept(message, taken) if is_kept else None,
        )

    def keep(self, steps: Sequence[Step]) -> None:
        """Keep what is to be kept for recoveries."""
        kept = [step.kept for step in steps if step.kept is not None]
        if kept:
            self._held.keep(kept, self._settings.notification_days)

    def conclude(self, step: Step) -> None:
        """Put the rest back on the queue, and say that the step is done.

        The webhooks that a lap is to do are those for which this process sent nothing. A step that is repeated after a crash
        may leave others to a lap of the same place, and one of the two laps is dropped by its claim: each of them, with what
        was sent before it, comes to all webhooks.
        """
        left, rest = step.attempts.left, step.rest
        if left:
            rest = replace(rest or END, lap=step.position.lap + 1)
        if rest is not None:
            self._continue(step.message, step.taken, rest, left)
        self._claims.finish(step.taken, step.position, is_last=rest is None)
        counts = {"deliveries": step.attempts.made} | ({"left": len(left)} if left else {})
        log.info("notification.fanned_out", extra={"notification_id": step.taken.id, **counts})

    def _left(
        self, view: BatchView, taken: Notification, position: Position, left: Sequence[str]
    ) -> tuple[list[Webhook], Position | None]:
        """The live webhooks of a lap, and where the next step begins."""
        webhooks = [each for each in view.get_many(left).values() if each.is_live and matching.first_source(each, taken)]
        rest = replace(position, lap=0)
        return webhooks, None if rest == END else rest

    def _matching(self, view: BatchView, taken: Notification, position: Position) -> tuple[list[Webhook], Position | None]:
        """The live webhooks of this step, and where the next one begins."""
        room = self._settings.fan_out_page_max
        found: list[Webhook] = []
        for number, source in enumerate(matching.sources(taken)):
            if number < position.source:
                continue
            after = position.after if number == position.source else None
            proposed = view.matching(source, after, room)
            webhooks = view.get_many(proposed)
            known = [webhooks[webhook_id] for webhook_id in proposed if webhook_id in webhooks]
            found += [each for each in known if each.is_live and matching.first_source(each, taken) == source]
            room -= len(proposed)
            if room <= 0:
                return found, Position(number, proposed[-1])
        return found, None

    def _continue(self, message: ReceivedNotification, taken: Notification, rest: Position, left: Sequence[str]) -> None:
        hops, now = message.hops, self._clock.now()
        attributes = {
            **envelope.identity(taken.id, taken.accepted_at, taken.producer, taken.depth),
            envelope.HOPS: f"{hops.next(now).count}|{(hops.since or now).isoformat()}",
            envelope.POSITION: str(rest),
            envelope.HOLDER: self._entropy.take(_TOKEN_BYTES).hex(),
            envelope.ROOT_HOLDER: message.root_holder,
        } | ({envelope.LEFT: ",".join(left)} if left else {})
        self._notifications.send([QueuedNotification(message.text, attributes)])


def _kept(message: ReceivedNotification, taken: Notification) -> HeldNotification:
    """What a recovery finds the notification by."""
    return HeldNotification(taken.id, taken.accepted_at, message.text, taken.producer, taken.depth)
