"""The names by which a notification, and each step of its fan-out, are claimed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from chalicelib.domain.errors import NotificationIdTaken

if TYPE_CHECKING:
    from chalicelib.domain.notifications.notification import Notification
    from chalicelib.intake.messages import Position

_DIGEST_LENGTH: Final = 32
"""Hexadecimal digits: with 128 bits nobody finds another producer's name."""


def root_name(taken: Notification) -> str:
    """What a whole notification is claimed by: its id among its producer's."""
    return f"id|{_digest(taken)}"


def step_name(taken: Notification, position: Position) -> str:
    """The name of one step of a fan-out."""
    return f"step|{_digest(taken)}|{taken.accepted_at.isoformat()}|{position}"


def id_taken(taken: Notification) -> NotificationIdTaken:
    """The refusal of a notification whose id is another one's."""
    problem = "the same producer has sent another notification under it"
    message = f"The id {taken.id!r} is taken: {problem}. Send this one under an id of its own."
    return NotificationIdTaken(message, {"id": problem})


def _digest(taken: Notification) -> str:
    """Of producer and id together: no user's name and no id can be written so that they are another's."""
    whole = f"{taken.producer}\x00{taken.id}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(whole).hexdigest()[:_DIGEST_LENGTH]
