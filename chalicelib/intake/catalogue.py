"""The catalogue of notification types: the built-in ones, and those of the admins."""

from __future__ import annotations

from dataclasses import replace
from itertools import dropwhile
from typing import TYPE_CHECKING, Final, TypeVar

from chalicelib.access import preconditions
from chalicelib.domain.directory.preconditions import Standing, StandingLost
from chalicelib.domain.directory.users import Role
from chalicelib.domain.errors import (
    Conflict,
    InvalidInput,
    LimitReached,
    NotificationTypeNotFound,
    TooLarge,
    Unavailable,
)
from chalicelib.domain.notifications import catalogue, json_schema, notification_types
from chalicelib.intake.ports import Added

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from chalicelib.directory.ports import Directory
    from chalicelib.domain.directory.users import Caller
    from chalicelib.domain.notifications.catalogue import CatalogueEntry
    from chalicelib.domain.notifications.notification import Notification
    from chalicelib.intake.ports import NotificationTypes
    from chalicelib.ports import Clock
    from chalicelib.webhooks.ports import WebhookStore

_Outcome = TypeVar("_Outcome")
_WRITES_MAX: Final = 10
"""How often a type is written, each time that somebody else has added or deleted it meanwhile."""
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


class CatalogueService:
    """The use cases of `/webhooks/actions`."""

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        types: NotificationTypes,
        store: WebhookStore,
        directory: Directory,
        clock: Clock,
        types_max: int,
        schema_bytes_max: int,
    ) -> None:
        self._catalogue = catalogue
        self._types = types
        self._store = store
        self._directory = directory
        self._clock = clock
        self._types_max = types_max
        self._schema_bytes_max = schema_bytes_max

    def get(self, name: str) -> CatalogueEntry:
        """One type, as it is now; raise `NotificationTypeNotFound` where there is none."""
        self._catalogue.forget(name)
        entry = self._catalogue.find(name)
        if entry is None:
            message = "There is no such notification type. GET /webhooks/actions lists them."
            raise NotificationTypeNotFound(message)
        return entry

    def page(self, after: str | None, limit: int) -> tuple[list[CatalogueEntry], str | None]:
        """Types without their schemas, the built-in ones first, and the name to read on behind."""
        found = _built_in_behind(after)[: limit + 1]
        if len(found) <= limit:
            begin = after if after is not None and catalogue.built_in(after) is None else None
            found += self._types.page(begin, limit + 1 - len(found))
        has_more = len(found) > limit
        return found[:limit], found[limit - 1].name if has_more else None

    def put(
        self, caller: Caller, name: str, *, template: str | None, description: str | None, schema: str | None
    ) -> tuple[CatalogueEntry, bool]:
        """Add a type, or change one; tell whether it is new. Webhooks that want a prefix of it have it when this returns.

        Where this is cut short, doing it again finishes it.
        """
        _refuse_built_in(name)
        entry = catalogue.custom(
            name=name,
            template=template,
            description=description,
            schema=self._checked(schema) if schema is not None else None,
        )
        is_new = self._put(caller, entry)
        self._catalogue.forget(name)
        self._store.subscribe(name)
        return entry, is_new

    def delete(self, caller: Caller, name: str) -> None:
        """Remove a type. Webhooks that name it keep it; to those with a prefix of it, it is not sent any more."""
        _refuse_built_in(name)
        self.get(name)
        self._as_admin(caller, lambda held: self._types.delete(name, self._clock.now(), (held,)))
        self._catalogue.forget(name)

    def _checked(self, schema: str) -> str:
        text = json_schema.checked(schema)
        size = len(text.encode())
        if size > self._schema_bytes_max:
            message = f"The schema has {size} bytes; {self._schema_bytes_max} are taken (NOTIFICATION_SCHEMA_BYTES_MAX)."
            raise TooLarge(message, {"schema": "It is too large."})
        return text

    def _put(self, caller: Caller, entry: CatalogueEntry) -> bool:
        """Add a type or change the one of its name; return whether it is new."""
        for _ in range(_WRITES_MAX):
            old = self._types.get(entry.name)
            if old is None:
                if self._is_added(caller, entry):
                    return True
                continue
            if old.name != entry.name:
                message = f"There is a type {old.name!r} already; names differ by more than their case."
                raise Conflict(message, {"name": "It differs from another one by its case alone."})
            if self._as_admin(caller, lambda held: self._types.put(entry, (held,), must_exist=True)):
                return False
        message = "Others keep adding and deleting this type. Try again."
        raise Unavailable(message)

    def _is_added(self, caller: Caller, entry: CatalogueEntry) -> bool:
        """Add a type, unless somebody else has meanwhile; raise `LimitReached` if there are too many."""
        add = self._as_admin(caller, lambda held: self._types.add(entry, (held,), self._types_max, self._clock.now()))
        if add is Added.FULL:
            message = f"Admins may add {self._types_max} notification types (NOTIFICATION_TYPES_MAX). Delete one first."
            raise LimitReached(message)
        return add is Added.ADDED

    def _as_admin(self, caller: Caller, write: Callable[[Standing], _Outcome]) -> _Outcome:
        """Write under the condition that the caller is an admin in that moment; raise the reason if not."""
        held = Standing(user_id=caller.user_id, incarnation=caller.incarnation, role=Role.ADMIN)
        for _ in range(_WRITES_MAX):
            try:
                return write(held)
            except StandingLost:
                preconditions.require(self._directory, caller, (held,))
        message = "The API key's user is being changed. Try again."
        raise Unavailable(message)


def _built_in_behind(after: str | None) -> list[CatalogueEntry]:
    if after is None:
        return list(catalogue.BUILT_IN)
    return list(dropwhile(lambda entry: entry.name != after, catalogue.BUILT_IN))[1:]


def _refuse_built_in(name: str) -> None:
    if catalogue.built_in(name) is not None:
        message = f"{notification_types.canonical(name)!r} is built in and cannot be changed."
        raise Conflict(message, {"name": "It is built in."})
