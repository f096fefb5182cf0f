"""Admins' notification types in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.intake.ports import Added
from testbed.fakes.directory import FakeDirectory

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.domain.directory.preconditions import Standing
    from chalicelib.domain.notifications.catalogue import CatalogueEntry


class FakeNotificationTypes:
    """Types by their names in lower case."""

    def __init__(self, directory: FakeDirectory | None = None) -> None:
        self._entries: dict[str, CatalogueEntry] = {}
        self._directory = directory or FakeDirectory()

    def get(self, name: str) -> CatalogueEntry | None:
        return self._entries.get(name.lower())

    def add(self, entry: CatalogueEntry, held: Sequence[Standing], types_max: int, now: datetime) -> Added:  # noqa: ARG002 - the port's
        if entry.name.lower() in self._entries:
            return Added.THERE
        self._directory.require(held)
        if len(self._entries) >= types_max:
            return Added.FULL
        self._entries[entry.name.lower()] = entry
        return Added.ADDED

    def put(self, entry: CatalogueEntry, held: Sequence[Standing] = (), *, must_exist: bool = False) -> bool:
        self._directory.require(held)
        if must_exist and entry.name.lower() not in self._entries:
            return False
        self._entries[entry.name.lower()] = entry
        return True

    def delete(self, name: str, now: datetime, held: Sequence[Standing] = ()) -> None:  # noqa: ARG002 - the port's
        if name.lower() in self._entries:
            self._directory.require(held)
        self._entries.pop(name.lower(), None)

    def page(self, after: str | None, limit: int) -> list[CatalogueEntry]:
        behind = [entry for key, entry in sorted(self._entries.items()) if key > (after or "").lower()]
        return [replace(entry, schema=None) for entry in behind[:limit]]

    def count(self, at_most: int) -> int:
        return min(at_most, len(self._entries))
