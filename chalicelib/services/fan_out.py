"""From one notification to a delivery for each webhook that wants it.

A notification is worked on in steps of bounded size. A step reads the next matching webhooks, enqueues their attempts, and
puts the rest back on the notifications queue as a continuation. All ids derive from the notification and the webhook, so
that a step that is repeated after a crash repeats the same ids. What may not happen twice, or by two at once, is claimed::

    step 1 ──attempts out──▶ continuation A sent ──✗ dies before its message is deleted
    step 1 again ──same attempts──▶ continuation B sent ──▶ done
                                         A: claims step 2, does it, sends on
                                         B: finds step 2 claimed by A: dropped, so the rest is not doubled
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from chalicelib.domain import ids, matching, notification
from chalicelib.domain.attempt import PendingAttempt, Trigger
from chalicelib.domain.errors import InvalidInput, TooLarge, Unavailable
from chalicelib.services import lanes, rendering
from chalicelib.services.deferral import ACCEPTED_AT, ID
from chalicelib.services.ports import Claim, ClaimState, HeldNotification, QueuedNotification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.notification import Notification
    from chalicelib.domain.webhook import Webhook
    from chalicelib.services.catalogue import Catalogue
    from chalicelib.services.deferral import Deferral
    from chalicelib.services.ports import (
        Claims,
        Clock,
        DeliveryQueue,
        Directory,
        Entropy,
        NotificationQueue,
        NotificationStore,
        WebhookStore,
    )
    from chalicelib.settings import Settings

log = logging.getLogger(__name__)

POSITION: Final = "posthornPosition"
HOLDER: Final = "posthornHolder"
ROOT_HOLDER: Final = "posthornRootHolder"
_TOKEN_BYTES: Final = 16
_SECONDS_PER_HOUR: Final = 3600
_SOURCES: Final = frozenset("01234567")
"""A notification has four audiences at the most, each with its own type and `ALL_NOTIFICATIONS`."""


class StillClaimed(Unavailable):
    """Another message with the same work is being worked on; this one is looked at again later."""

    code = "still_claimed"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a step begins: which of the notification's sources, and behind which webhook of it."""

    source: int = 0
    after: str | None = None

    def __str__(self) -> str:
        """As it travels in a message attribute."""
        return f"{self.source}|{self.after or ''}"

    @classmethod
    def parse(cls, text: str) -> Position:
        """Read it back; raise `InvalidInput` for what never was one."""
        source, _, after = text.partition("|")
        if source not in _SOURCES or (after and not ids.is_id(ids.WEBHOOK, after)):
            message = f"{text[:50]!r} is no position of a fan-out."
            raise InvalidInput(message)
        return cls(int(source), after or None)


@dataclass(frozen=True, slots=True)
class ReceivedNotification:
    """A message of the notifications queue."""

    text: str
    attributes: Mapping[str, str]
    message_id: str
    sent_at: datetime


class FanOut:
    """The notify worker's work."""

    def __init__(  # noqa: PLR0913 - one argument for each port
        self,
        *,
        store: WebhookStore,
        directory: Directory,
        claims: Claims,
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
        read = self._catalogue.labelled(self._read(message))
        position = Position.parse(message.attributes.get(POSITION, str(Position())))
        if position == Position():
            self._catalogue.check(read, message.text)
        if position == Position() and self._deferral.defers(read, message.text):
            return
        taken = self._claim(message, read, position)
        if taken is None:
            log.info("notification.repeated", extra={"notification_id": read.id})
            return
        if position == Position():
            self._keep(taken, message.text)
        webhooks, rest = self._matching(taken, position)
        self._enqueue(taken, webhooks)
        if rest is not None:
            self._continue(message, taken, rest)
        elif _is_claimed(taken):
            self._claims.finish(_root_name(taken))
        if position != Position():
            self._claims.finish(_step_name(taken, position))
        log.info("notification.fanned_out", extra={"notification_id": taken.id, "deliveries": len(webhooks)})

    def _read(self, message: ReceivedNotification) -> Notification:
        check_size(message.text, self._settings.notification_bytes_max)
        accepted_at = message.attributes.get(ACCEPTED_AT)
        return notification.parse(
            message.text,
            notification_id=message.attributes.get(ID, ids.NOTIFICATION + message.message_id),
            accepted_at=_time(accepted_at) if accepted_at is not None else message.sent_at,
        )

    def _claim(self, message: ReceivedNotification, read: Notification, position: Position) -> Notification | None:
        """Claim what needs it: a name that its producer may send again, what was put off, and each step but the first.

        Returns the notification as its first claimer took it, ``None`` where the work was done before.
        """
        taken = read
        if _is_claimed(read):
            claim = self._take(_root_name(read), message.attributes.get(ROOT_HOLDER, message.message_id), read)
            if claim.state is ClaimState.FINISHED:
                return None
            taken = replace(read, accepted_at=claim.accepted_at)
        if position != Position():
            step = self._take(_step_name(taken, position), message.attributes.get(HOLDER, message.message_id), taken)
            if step.state is ClaimState.FINISHED:
                return None
        return taken

    def _keep(self, taken: Notification, text: str) -> None:
        """Keep it for recoveries: the one write that a plain notification costs by itself."""
        if self._settings.notification_days:
            self._held.keep(HeldNotification(taken.id, taken.accepted_at, text), self._settings.notification_days)

    def _take(self, name: str, holder: str, taken: Notification) -> Claim:
        claim = self._claims.take(
            name,
            holder,
            now=self._clock.now(),
            lease_s=self._settings.fan_out_lease_s,
            keep_s=self._settings.notification_id_hours * _SECONDS_PER_HOUR,
            accepted_at=taken.accepted_at,
        )
        if claim.state is ClaimState.BUSY:
            message = f"Notification {taken.id!r} is being worked on."
            raise StillClaimed(message)
        return claim

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
            ROOT_HOLDER: message.attributes.get(ROOT_HOLDER, message.message_id),
        }
        self._notifications.send([QueuedNotification(message.text, attributes)])


def first_attempt(taken: Notification, webhook_id: str, text: str, problem: str | None = None) -> PendingAttempt:
    """The first attempt of the delivery that a notification owes a webhook; it is always the same one."""
    return PendingAttempt(
        record_id=first_record_id(webhook_id, taken.id, taken.accepted_at),
        delivery_id=ids.DELIVERY + ids.derived(taken.accepted_at, "delivery", taken.id, webhook_id),
        notification_id=taken.id,
        notification_type=taken.notification_type,
        attempt_number=1,
        trigger=Trigger.NOTIFICATION,
        body=text,
        problem=problem,
    )


def first_record_id(webhook_id: str, notification_id: str, accepted_at: datetime) -> ids.RecordId:
    """The record of a delivery's first attempt."""
    return ids.RecordId(webhook_id, ids.derived(accepted_at, "record", notification_id, webhook_id))


def check_size(text: str, bytes_max: int) -> None:
    """Raise `TooLarge` for a notification of more bytes than are taken."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > bytes_max:
        message = f"The notification has {size} bytes; {bytes_max} are taken (NOTIFICATION_BYTES_MAX)."
        raise TooLarge(message)


def _is_claimed(taken: Notification) -> bool:
    """Whether it may come twice by itself: its producer named it, or it was put off and sent again."""
    return taken.is_named or taken.deliver_at is not None


def _root_name(taken: Notification) -> str:
    return f"id|{taken.id}"


def _step_name(taken: Notification, position: Position) -> str:
    return f"step|{taken.id}|{taken.accepted_at.isoformat()}|{position}"


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"{text[:50]!r} is no time."
        raise InvalidInput(message) from error
    if at.tzinfo is None:
        message = f"{text[:50]!r} has no time zone."
        raise InvalidInput(message)
    return at
