"""Messages of the notifications queue: event sources' raw ones, and the service's own, which know more than the text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from chalicelib.domain import depth, ids, notification
from chalicelib.domain.errors import InvalidInput, TooLarge
from chalicelib.domain.hops import Hops
from chalicelib.services.deferral import ACCEPTED_AT, DEPTH, ID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.notification import Notification

POSITION: Final = "posthornPosition"
HOLDER: Final = "posthornHolder"
HOPS: Final = "posthornHops"
HOPPING_SINCE: Final = "posthornHoppingSince"
ROOT_HOLDER: Final = "posthornRootHolder"
_SOURCES: Final = frozenset("01234567")
"""A notification has four audiences at the most, each with its own type and `ALL_NOTIFICATIONS`."""


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

    @property
    def position(self) -> Position:
        """Where the step that it asks for begins; raise `InvalidInput` where that cannot be."""
        return Position.parse(self.attributes.get(POSITION, str(Position())))

    @property
    def holder(self) -> str:
        """Who claims the step."""
        return self.attributes.get(HOLDER, self.message_id)

    @property
    def root_holder(self) -> str:
        """Who claims the whole notification, over all its steps."""
        return self.attributes.get(ROOT_HOLDER, self.message_id)

    @property
    def hops(self) -> Hops:
        """How many steps the fan-out has taken; raise `InvalidInput` where that cannot be."""
        count, since = self.attributes.get(HOPS, "0"), self.attributes.get(HOPPING_SINCE)
        if not (count.isascii() and count.isdigit()):
            message = f"{count[:50]!r} is no number of hops."
            raise InvalidInput(message)
        return Hops(int(count), None if since is None else _time(since))

    def read(self, bytes_max: int) -> Notification:
        """The notification in it; raise `InvalidInput` or `TooLarge` where it is none."""
        check_size(self.text, bytes_max)
        accepted_at = self.attributes.get(ACCEPTED_AT)
        read = notification.parse(
            self.text,
            notification_id=self.attributes.get(ID, ids.NOTIFICATION + self.message_id),
            accepted_at=_time(accepted_at) if accepted_at is not None else self.sent_at,
        )
        return replace(read, depth=depth.parse(self.attributes.get(DEPTH)))


def check_size(text: str, bytes_max: int) -> None:
    """Raise `TooLarge` for a notification of more bytes than are taken."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > bytes_max:
        message = f"The notification has {size} bytes; {bytes_max} are taken (NOTIFICATION_BYTES_MAX)."
        raise TooLarge(message)


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
