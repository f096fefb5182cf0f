"""`client.actions`: the catalogue of notification types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posthorn.client.validation import path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posthorn.client.transport import Transport
    from posthorn.schemas import Action, ActionInput, ActionWithSchema


class Actions:
    """Notification types. The paths of the API call them actions."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def names(self, *, page_length: int | None = None) -> Iterator[str]:
        """The names of all notification types."""
        return self._transport.pages("/webhooks/actions", {"limit": page_length})

    def list(self, *, page_length: int | None = None) -> Iterator[Action]:
        """All notification types, without their schemas."""
        return self._transport.pages("/webhooks/actions", {"details": True, "limit": page_length})

    def get(self, name: str) -> ActionWithSchema:
        """A notification type with its schema."""
        action: ActionWithSchema = self._transport.call("GET", path("/webhooks/actions", name))
        return action

    def put(self, name: str, action: ActionInput) -> ActionWithSchema:
        """Create or replace a custom notification type. Admins only."""
        replaced: ActionWithSchema = self._transport.call("PUT", path("/webhooks/actions", name), body=action)
        return replaced

    def delete(self, name: str) -> None:
        """Delete a custom notification type. Admins only."""
        self._transport.call("DELETE", path("/webhooks/actions", name))
