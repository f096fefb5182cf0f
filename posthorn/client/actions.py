"""`client.actions`: the catalogue of notification types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posthorn.client.addresses import segment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posthorn.client.given import ActionInput
    from posthorn.client.shown import Action, ActionWithSchema
    from posthorn.client.transport import Transport


class Actions:
    """Notification types, which the paths call actions."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def names(self, *, page_length: int | None = None) -> Iterator[str]:
        """Their names."""
        return self._transport.pages("/webhooks/actions", {"limit": page_length})

    def list(self, *, page_length: int | None = None) -> Iterator[Action]:
        """What there is to know of each, but its schema."""
        return self._transport.pages("/webhooks/actions", {"details": True, "limit": page_length})

    def get(self, name: str) -> ActionWithSchema:
        """One of them, with its schema."""
        action: ActionWithSchema = self._transport.call("GET", _path(name))
        return action

    def put(self, name: str, action: ActionInput) -> ActionWithSchema:
        """Add one of one's own, or change it; for admins."""
        put: ActionWithSchema = self._transport.call("PUT", _path(name), body=action)
        return put

    def delete(self, name: str) -> None:
        """Remove one that an admin has added; for admins."""
        self._transport.call("DELETE", _path(name))


def _path(name: str) -> str:
    return f"/webhooks/actions/{segment(name)}"
