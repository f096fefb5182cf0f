"""Messages of the two queues of notifications: raw ones of event sources, and those that the service has accepted.

Of a raw message, only the text and the sender are used. Of an accepted one, the attributes are used too (`envelope`).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from chalicelib.domain import ids
from chalicelib.domain.delivery.hops import Hops
from chalicelib.domain.errors import InvalidInput, TooLarge
from chalicelib.domain.notifications import depth, envelope, notification, notification_types, producer
from chalicelib.domain.payloads import raw_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.notifications.notification import Notification

_SOURCES_MAX: Final = 8
"""A notification has at most four audiences, each with its own type and `ALL_NOTIFICATIONS`."""
_LEFT_MAX: Final = 1_000
"""Webhooks of one step: the bound of FAN_OUT_PAGE_MAX."""
_POSITION: Final = re.compile(r"([0-8])\|([^|]*)(?:\|([1-9][0-9]{0,6}))?")
_DIGEST_LENGTH: Final = 32
"""Hexadecimal digits: 128 bits keep a producer's own notifications apart."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a step begins: the number of the source, and the webhook after which to continue.

    If a step has no time for all of its webhooks, the rest is a *lap*: a step that begins where the next one does, and has
    only these webhooks. The laps of a position are counted.
    """

    source: int = 0
    after: str | None = None
    lap: int = 0

    def __str__(self) -> str:
        """The value of a message attribute."""
        return f"{self.source}|{self.after or ''}" + (f"|{self.lap}" if self.lap else "")

    @classmethod
    def parse(cls, text: str) -> Position:
        """Parse it; raise `InvalidInput` if it is not a position."""
        found = _POSITION.fullmatch(text)
        if found is None or (found[2] and not ids.is_id(ids.WEBHOOK, found[2])):
            message = f"{text[:50]!r} is not a position of a fan-out."
            raise InvalidInput(message)
        return cls(int(found[1]), found[2] or None, int(found[3] or 0))


END: Final = Position(_SOURCES_MAX)
"""The position after everything. A lap may begin there."""


@dataclass(frozen=True, slots=True)
class ReceivedNotification:
    """A message of either queue.

    Args:
        text: the notification as its producer wrote it.
        attributes: of the message.
        message_id: SQS's id of the message.
        sent_at: when SQS accepted it.
        sender_id: SQS's id of the sender; empty if it has none.
        is_accepted: whether it came from the queue to which only the service sends, so that its attributes are used.

    """

    text: str
    attributes: Mapping[str, str]
    message_id: str
    sent_at: datetime
    sender_id: str = ""
    is_accepted: bool = False

    def require_no_pretence(self) -> None:
        """Raise `InvalidInput` for a raw message with an attribute that only the service sets."""
        pretended = [] if self.is_accepted else envelope.own(self.attributes)
        if pretended:
            names = ", ".join(repr(name[:50]) for name in sorted(pretended))
            message = f"A producer may not set the attribute {names}: names with 'posthorn…' are the service's own."
            raise InvalidInput(message)

    @property
    def producer(self) -> str:
        """The producer, whose namespace its id is in."""
        if self.is_accepted:
            return self._own.get(envelope.PRODUCER, producer.UNKNOWN)
        return producer.of_sender(self.sender_id)

    @property
    def position(self) -> Position:
        """Where the step begins; raise `InvalidInput` if that is not valid."""
        return Position.parse(self._own.get(envelope.POSITION, str(Position())))

    @property
    def left(self) -> list[str]:
        """The webhooks of a lap; raise `InvalidInput` if they are not valid."""
        left = [each for each in self._own.get(envelope.LEFT, "").split(",") if each]
        if len(left) > _LEFT_MAX or bool(left) != bool(self.position.lap) or not all(map(_is_webhook_id, left)):
            message = "The webhooks of a lap are not those of a step."
            raise InvalidInput(message)
        return left

    @property
    def holder(self) -> str:
        """Who claims the step."""
        return self._own.get(envelope.HOLDER, self.message_id)

    @property
    def root_holder(self) -> str:
        """Who claims the whole notification, for all its steps."""
        return self._own.get(envelope.ROOT_HOLDER, self.message_id)

    @property
    def lease_until(self) -> datetime | None:
        """Until when it is certainly claimed; ``None`` if it was not claimed before it was sent."""
        until = self._own.get(envelope.LEASE_UNTIL)
        return None if until is None else _time(until)

    @property
    def hops(self) -> Hops:
        """The number of the fan-out's steps; raise `InvalidInput` if that is not valid."""
        count, _, since = self._own.get(envelope.HOPS, "0").partition("|")
        if not (count.isascii() and count.isdigit()):
            message = f"{count[:50]!r} is not a number of hops."
            raise InvalidInput(message)
        return Hops(int(count), _time(since) if since else None)

    def read(self, bytes_max: int) -> Notification:
        """The notification; raise `InvalidInput` or `TooLarge` if it is not valid.

        The size of an accepted one was checked when it was accepted, so a lower limit since then does not refuse it.
        """
        if not self.is_accepted:
            check_size(self.text, bytes_max)
        accepted_at = self._own.get(envelope.ACCEPTED_AT)
        read = notification.parse(
            self.text,
            notification_id=self._own.get(envelope.ID, ids.NOTIFICATION + self.message_id),
            accepted_at=_time(accepted_at) if accepted_at is not None else self.sent_at,
            producer_name=self.producer,
        )
        check_type(read)
        return replace(read, depth=depth.parse(self._own.get(envelope.DEPTH)))

    @property
    def _own(self) -> Mapping[str, str]:
        """The service's attributes; empty for a raw message."""
        return self.attributes if self.is_accepted else {}


def check_size(text: str, bytes_max: int) -> None:
    """Raise `TooLarge` for a notification with too many bytes: those on a queue, escapes included."""
    carried = raw_json.carriable(text)
    size = len(carried.encode())
    if size > bytes_max:
        escaped = "" if carried == text else " as it is queued, with U+FFFE, U+FFFF and surrogates escaped"
        message = f"The notification has {size} bytes{escaped}. The limit is {bytes_max} (NOTIFICATION_BYTES_MAX)."
        raise TooLarge(message)


def check_type(taken: Notification) -> None:
    """Raise `InvalidInput` for a notification of one of the service's own types from anybody else."""
    if taken.notification_type in notification_types.OWN and taken.producer != producer.SERVICE:
        problem = f"only the service itself sends notifications of the type {taken.notification_type}"
        message = f"The notification's notificationType is not valid: {problem}."
        raise InvalidInput(message, {"notificationType": problem})


def content_of(text: str) -> str:
    """A digest of a notification as written. With another digest, the same id is taken by a different notification."""
    return hashlib.sha256(text.strip().encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_LENGTH]


def _is_webhook_id(text: str) -> bool:
    return ids.is_id(ids.WEBHOOK, text)


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"{text[:50]!r} is not a time."
        raise InvalidInput(message) from error
    if at.tzinfo is None:
        message = f"{text[:50]!r} has no time zone."
        raise InvalidInput(message)
    return at
