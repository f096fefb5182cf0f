"""Messages of the notifications queue: event sources' raw ones, and the service's own, which know more than the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from chalicelib.domain import ids, notification
from chalicelib.domain.errors import InvalidInput, TooLarge
from chalicelib.domain.hops import Hops
from chalicelib.services.deferral import ACCEPTED_AT, ID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.notification import Notification

POSITION: Final = "posthornPosition"
LEFT: Final = "posthornLeft"
HOLDER: Final = "posthornHolder"
HOPS: Final = "posthornHops"
HOPPING_SINCE: Final = "posthornHoppingSince"
ROOT_HOLDER: Final = "posthornRootHolder"
_SOURCES_MAX: Final = 8
"""A notification has four audiences at the most, each with its own type and `ALL_NOTIFICATIONS`."""
_LEFT_MAX: Final = 1_000
"""Webhooks of one step: the bound of FAN_OUT_PAGE_MAX."""
_POSITION: Final = re.compile(r"([0-8])\|([^|]*)(?:\|([1-9][0-9]{0,6}))?")


@dataclass(frozen=True, slots=True)
class Position:
    """Where a step begins: which of the notification's sources, and after which webhook of it.

    A step that has no time for all of its webhooks leaves the rest to a *lap*: a step that begins where the next one does,
    and has only these webhooks. The laps of one place are counted.
    """

    source: int = 0
    after: str | None = None
    lap: int = 0

    def __str__(self) -> str:
        """As it travels in a message attribute."""
        return f"{self.source}|{self.after or ''}" + (f"|{self.lap}" if self.lap else "")

    @classmethod
    def parse(cls, text: str) -> Position:
        """Read it back; raise `InvalidInput` for what never was one."""
        found = _POSITION.fullmatch(text)
        if found is None or (found[2] and not ids.is_id(ids.WEBHOOK, found[2])):
            message = f"{text[:50]!r} is no position of a fan-out."
            raise InvalidInput(message)
        return cls(int(found[1]), found[2] or None, int(found[3] or 0))


END: Final = Position(_SOURCES_MAX)
"""Where nothing comes after: a lap may begin there."""


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
    def left(self) -> list[str]:
        """The webhooks of a lap; raise `InvalidInput` for what are none."""
        left = [each for each in self.attributes.get(LEFT, "").split(",") if each]
        if len(left) > _LEFT_MAX or bool(left) != bool(self.position.lap) or not all(map(_is_webhook_id, left)):
            message = "The webhooks that a step of a fan-out left are not those of a step."
            raise InvalidInput(message)
        return left

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
        return notification.parse(
            self.text,
            notification_id=self.attributes.get(ID, ids.NOTIFICATION + self.message_id),
            accepted_at=_time(accepted_at) if accepted_at is not None else self.sent_at,
        )


def check_size(text: str, bytes_max: int) -> None:
    """Raise `TooLarge` for a notification of more bytes than are taken."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > bytes_max:
        message = f"The notification has {size} bytes; {bytes_max} are taken (NOTIFICATION_BYTES_MAX)."
        raise TooLarge(message)


def _is_webhook_id(text: str) -> bool:
    return ids.is_id(ids.WEBHOOK, text)


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
