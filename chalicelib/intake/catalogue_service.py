"""The notification types that admins add, change and delete."""

from __future__ import annotations

from itertools import dropwhile
from typing import TYPE_CHECKING, Final, TypeVar

from chalicelib.access import preconditions
from chalicelib.domain.directory.preconditions import Standing, StandingLost
from chalicelib.domain.directory.users import Role
from chalicelib.domain.errors import (
    Conflict,
    LimitReached,
    NotificationTypeNotFound,
    TooLarge,
    Unavailable,
)
from chalicelib.domain.notifications import catalogue, json_schema, notification_types
from chalicelib.intake.ports import Added

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.directory.ports import Directory
    from chalicelib.domain.directory.users import Caller
    from chalicelib.domain.notifications.catalogue import CatalogueEntry
    from chalicelib.intake.catalogue import Catalogue
    from chalicelib.intake.ports import NotificationTypes
    from chalicelib.ports import Clock
    from chalicelib.webhooks.ports import WebhookStore

_Outcome = TypeVar("_Outcome")
_WRITES_MAX: Final = 10
"""How often a type is written if somebody else adds or deletes it at the same time."""


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
        """One type; raise `NotificationTypeNotFound` if it does not exist."""
        self._catalogue.forget(name)
        entry = self._catalogue.find(name)
        if entry is None:
            message = "There is no such notification type. GET /webhooks/actions lists them."
            raise NotificationTypeNotFound(message)
        return entry

    def page(self, after: str | None, limit: int) -> tuple[list[CatalogueEntry], str | None]:
        """Types without their schemas, the built-in ones first, and the name after which to continue."""
        found = _built_in_behind(after)[: limit + 1]
        if len(found) <= limit:
            begin = after if after is not None and catalogue.built_in(after) is None else None
            found += self._types.page(begin, limit + 1 - len(found))
        has_more = len(found) > limit
        return found[:limit], found[limit - 1].name if has_more else None

    def put(
        self, caller: Caller, name: str, *, template: str | None, description: str | None, schema: str | None
    ) -> tuple[CatalogueEntry, bool]:
        """Add a type, or change one; return whether it is new. Webhooks with a prefix of it have its rows when this returns.

        Idempotent: if it is interrupted, repeat it.
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
        """Delete a type. Webhooks that name it keep the name. Webhooks with a prefix of it do not get it any more."""
        _refuse_built_in(name)
        self.get(name)
        self._as_admin(caller, lambda held: self._types.delete(name, self._clock.now(), (held,)))
        self._catalogue.forget(name)

    def _checked(self, schema: str) -> str:
        text = json_schema.checked(schema)
        size = len(text.encode())
        if size > self._schema_bytes_max:
            message = f"The schema has {size} bytes. The limit is {self._schema_bytes_max} (NOTIFICATION_SCHEMA_BYTES_MAX)."
            raise TooLarge(message, {"schema": "It is too large."})
        return text

    def _put(self, caller: Caller, entry: CatalogueEntry) -> bool:
        """Add a type, or change the one of its name; return whether it is new."""
        for _ in range(_WRITES_MAX):
            old = self._types.get(entry.name)
            if old is None:
                if self._is_added(caller, entry):
                    return True
                continue
            if old.name != entry.name:
                message = f"There is already a type {old.name!r}. Names must differ in more than their case."
                raise Conflict(message, {"name": "It differs from another name only in its case."})
            if self._as_admin(caller, lambda held: self._types.put(entry, (held,), must_exist=True)):
                return False
        message = "Others keep adding and deleting this type. Try again."
        raise Unavailable(message)

    def _is_added(self, caller: Caller, entry: CatalogueEntry) -> bool:
        """Add a type, unless somebody else does at the same time; raise `LimitReached` if there are too many."""
        add = self._as_admin(caller, lambda held: self._types.add(entry, (held,), self._types_max, self._clock.now()))
        if add is Added.FULL:
            message = f"Admins may add {self._types_max} notification types (NOTIFICATION_TYPES_MAX). Delete one first."
            raise LimitReached(message)
        return add is Added.ADDED

    def _as_admin(self, caller: Caller, write: Callable[[Standing], _Outcome]) -> _Outcome:
        """Write on condition that the caller is an admin at that moment; raise the reason otherwise."""
        held = Standing(user_id=caller.user_id, incarnation=caller.incarnation, role=Role.ADMIN)
        for _ in range(_WRITES_MAX):
            try:
                return write(held)
            except StandingLost:
                preconditions.require(self._directory, caller, (held,))
        message = "The user of this API key is being changed. Try again."
        raise Unavailable(message)


def _built_in_behind(after: str | None) -> list[CatalogueEntry]:
    if after is None:
        return list(catalogue.BUILT_IN)
    return list(dropwhile(lambda entry: entry.name != after, catalogue.BUILT_IN))[1:]


def _refuse_built_in(name: str) -> None:
    if catalogue.built_in(name) is not None:
        message = f"{notification_types.canonical(name)!r} is built in and cannot be changed."
        raise Conflict(message, {"name": "It is built in."})
