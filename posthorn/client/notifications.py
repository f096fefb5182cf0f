"""`client.notifications`: sending notifications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posthorn import schemas
from posthorn.client.raw_json import RawJson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posthorn.client.transport import Transport
    from posthorn.schemas import NotificationsTaken

Notification = schemas.Notification | RawJson
"""A notification as an object, or as JSON text that is sent unchanged."""


class Notifications:
    """Sending needs an admin's key or a key with the right `send`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def send(self, notification: Notification) -> NotificationsTaken:
        """Send a notification. If it has an `id`, the service deduplicates by it: the call is safe to repeat."""
        accepted: NotificationsTaken = self._transport.call("POST", "/notifications", body=notification)
        return accepted

    def send_batch(self, notifications: Sequence[Notification]) -> NotificationsTaken:
        """Send several notifications. Each is accepted or refused separately; raise `ClientError` if all are refused."""
        accepted: NotificationsTaken = self._transport.call(
            "POST", "/notifications", body={"notifications": list(notifications)}
        )
        return accepted

    def send_text(self, text: str) -> NotificationsTaken:
        """Send JSON text unchanged: numbers keep their digits, and objects keep the order of their keys."""
        accepted: NotificationsTaken = self._transport.call_with_text("POST", "/notifications", text)
        return accepted
