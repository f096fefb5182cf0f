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
"""Types that a process remembers; at so many it begins anew."""


class Catalogue:
    """What notifications and webhooks ask of the catalogue; built-in types cost no request, others one now and then.

    Only what was found is remembered, for `cache_s`: a type that was just added is known at once, everywhere.
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
        """The catalogue's spelling of a name; one that it does not have, as it came."""
        entry = self.find(name)
        return name if entry is None else entry.name

    def known(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """The types and prefixes that a webhook asks for, spelled as the catalogue does, each once.

        Raises `InvalidInput` where there is none, `UnknownNotificationType` where the catalogue does not have one.
        """
        names = tuple(dict.fromkeys(map(self._known, wanted)))
        if not names:
            message = "A webhook needs at least one notification type."
            raise InvalidInput(message, {"notificationType": "at least one is expected"})
        return names

    def checks(self, taken: Notification) -> bool:
        """Whether its type has a schema."""
        entry = self.find(taken.notification_type)
        return entry is not None and entry.schema is not None

    def check(self, taken: Notification, text: str) -> None:
        """Raise `SchemaViolation` where `text`, the notification as it was sent, does not meet its type's schema."""
        entry = self.find(taken.notification_type)
        if entry is not None and entry.schema is not None:
            json_schema.check(entry.schema, text, entry.name)

    def labelled(self, taken: Notification) -> Notification:
        """The notification under the catalogue's spelling of its type, with the template of an admin's type."""
        entry = self.find(taken.notification_type)
        if entry is None or not entry.is_custom:
            return taken
        return replace(taken, notification_type=entry.name, template=entry.template)

    def forget(self, name: str) -> None:
        """Ask for the type again when it is next needed."""
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
