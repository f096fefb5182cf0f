"""The names under which a notification, and each step of its fan-out, are claimed."""

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
    """The name for a whole notification: its producer and its id."""
    return f"id|{_digest(taken)}"


def step_name(taken: Notification, position: Position) -> str:
    """The name of one step of a fan-out."""
    return f"step|{_digest(taken)}|{taken.accepted_at.isoformat()}|{position}"


def id_taken(taken: Notification) -> NotificationIdTaken:
    """The error for a notification whose id belongs to another one."""
    problem = "the same producer has sent a different notification with it"
    message = f"The id {taken.id!r} is taken: {problem}. Use a new id."
    return NotificationIdTaken(message, {"id": problem})


def _digest(taken: Notification) -> str:
    """Made of producer and id together, so that no two pairs have the same name."""
    whole = f"{taken.producer}\x00{taken.id}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(whole).hexdigest()[:_DIGEST_LENGTH]
