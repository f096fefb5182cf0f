"""The catalogue of notification types: the built-in ones, and those of the admins."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.notifications import catalogue, json_schema, notification_types

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chalicelib.domain.notifications.catalogue import CatalogueEntry
    from chalicelib.domain.notifications.notification import Notification
    from chalicelib.intake.ports import NotificationTypes
    from chalicelib.ports import Clock

_REMEMBERED_MAX: Final = 1_000
"""Types in a process's cache. When it is full, it is emptied."""


class Catalogue:
    """The catalogue for notifications and webhooks. Built-in types need no request, others are cached.

    Only existing types are cached, for `cache_s`, so a type that was just added is known everywhere at once.
    """

    def __init__(self, *, types: NotificationTypes, clock: Clock, cache_s: float) -> None:
        self._types = types
        self._clock = clock
        self._cache_s = cache_s
        self._remembered: dict[str, tuple[datetime, CatalogueEntry]] = {}

    def find(self, name: str) -> CatalogueEntry | None:
        """The type of that name in any case."""
        return catalogue.built_in(name) or self._custom(name)

    def canonical(self, name: str) -> str:
        """The catalogue's spelling of a name; an unknown name unchanged."""
        entry = self.find(name)
        return name if entry is None else entry.name

    def known(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """The types and prefixes of a webhook, in the catalogue's spelling, each once.

        Raises `InvalidInput` if there is none, `UnknownNotificationType` if one is not in the catalogue.
        """
        names = tuple(dict.fromkeys(map(self._known, wanted)))
        if not names:
            message = "A webhook needs at least one notification type."
            raise InvalidInput(message, {"notificationType": "at least one is required"})
        return names

    def checks(self, taken: Notification) -> bool:
        """Whether its type has a schema."""
        entry = self.find(taken.notification_type)
        return entry is not None and entry.schema is not None

    def check(self, taken: Notification, text: str) -> None:
        """Raise `SchemaViolation` if `text`, the notification as sent, does not match its type's schema."""
        entry = self.find(taken.notification_type)
        if entry is not None and entry.schema is not None:
            json_schema.check(entry.schema, text, entry.name)

    def labelled(self, taken: Notification) -> Notification:
        """The notification with the catalogue's spelling of its type, and the template of an admin's type."""
        entry = self.find(taken.notification_type)
        if entry is None or not entry.is_custom:
            return taken
        return replace(taken, notification_type=entry.name, template=entry.template)

    def forget(self, name: str) -> None:
        """Remove the type from the cache."""
        self._remembered.pop(name.lower(), None)

    def _known(self, wanted: str) -> str:
        if notification_types.is_prefix(wanted):
            return notification_types.canonical_prefix(wanted)
        entry = self.find(wanted)
        return notification_types.known(wanted) if entry is None else entry.name

    def _custom(self, name: str) -> CatalogueEntry | None:
        if not notification_types.is_name(name):
            return None
        now, key = self._clock.now(), name.lower()
        read_at, entry = self._remembered.get(key, (None, None))
        if read_at is None or (now - read_at).total_seconds() >= self._cache_s:
            entry = self._types.get(name)
            self._remember(key, now, entry)
        return entry

    def _remember(self, key: str, now: datetime, entry: CatalogueEntry | None) -> None:
        self._remembered.pop(key, None)
        if len(self._remembered) >= _REMEMBERED_MAX:
            self._remembered.clear()
        if entry is not None:
            self._remembered[key] = (now, entry)
