"""`client.notifications`: saying what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posthorn.client.given import Notification
    from posthorn.client.shown import NotificationsTaken
    from posthorn.client.transport import Transport


class Notifications:
    """Sending needs an admin's key, or one with the right `send`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def send(self, notification: Notification) -> NotificationsTaken:
        """Send one; with an `id` it is taken once, however often it is sent."""
        accepted: NotificationsTaken = self._transport.call("POST", "/notifications", body=notification)
        return accepted

    def send_several(self, notifications: Sequence[Notification]) -> NotificationsTaken:
        """Send several, each taken or refused by itself; raise `Refused` where none was taken."""
        accepted: NotificationsTaken = self._transport.call(
            "POST", "/notifications", body={"notifications": list(notifications)}
        )
        return accepted

    def send_text(self, text: str) -> NotificationsTaken:
        """Send JSON as it was written: numbers keep their digits, and objects the order of their keys."""
        accepted: NotificationsTaken = self._transport.call_with_text("POST", "/notifications", text)
        return accepted
