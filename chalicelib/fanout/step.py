"""One step of a fan-out: the work that a message asks for, and the deliveries that it makes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.notifications import envelope
from chalicelib.intake.messages import END, Position
from chalicelib.intake.ports import HeldNotification, QueuedNotification

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.notifications.notification import Notification
    from chalicelib.fanout.pending import PendingDeliveries
    from chalicelib.intake.messages import ReceivedNotification


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A message, the notification in it, and where its step begins; `left` are the webhooks of a lap."""

    message: ReceivedNotification
    notification: Notification
    position: Position
    left: list[str]

    @property
    def id(self) -> str:
        """The message's id."""
        return self.message.message_id

    @property
    def is_first(self) -> bool:
        """Whether it is the notification's first step."""
        return self.position == Position()

    def is_early(self, now: datetime) -> bool:
        """Whether the notification is scheduled for later."""
        return self.notification.deliver_at is not None and self.notification.deliver_at > now

    def is_same_notification(self, other: Work) -> bool:
        """Whether both are work on one notification."""
        mine, theirs = self.notification, other.notification
        return (mine.producer, mine.id) == (theirs.producer, theirs.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Work that is claimed, with the deliveries that it makes; `rest` is where the next step begins, if there is one."""

    work: Work
    rest: Position | None
    deliveries: PendingDeliveries

    @property
    def id(self) -> str:
        """The message's id."""
        return self.work.id

    @property
    def next_position(self) -> Position | None:
        """Where the work goes on: a lap, if there was no time for all deliveries; ``None`` if it is done.

        A lap has the webhooks for which this process sent nothing. A step that is repeated after a crash may leave others to
        a lap of the same place, and one of the two laps is dropped by its claim. Each of them, together with what was sent
        before it, covers all webhooks.
        """
        if not self.deliveries.left:
            return self.rest
        return replace(self.rest or END, lap=self.work.position.lap + 1)

    @property
    def stored(self) -> HeldNotification:
        """What a recovery finds the notification by."""
        taken = self.work.notification
        return HeldNotification(taken.id, taken.accepted_at, self.work.message.text, taken.producer, taken.depth)

    def continuation(self, position: Position, holder: str, now: datetime) -> QueuedNotification:
        """The message of the next step."""
        message, taken, left = self.work.message, self.work.notification, self.deliveries.left
        attributes = {
            **envelope.identity(taken.id, taken.accepted_at, taken.producer, taken.depth),
            envelope.HOPS: f"{message.hops.next(now).count}|{(message.hops.since or now).isoformat()}",
            envelope.POSITION: str(position),
            envelope.HOLDER: holder,
            envelope.ROOT_HOLDER: message.root_holder,
        } | ({envelope.LEFT: ",".join(left)} if left else {})
        return QueuedNotification(message.text, attributes)
