"""Admins' notification types in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.domain.catalogue import CatalogueEntry


class FakeNotificationTypes:
    """Types by their names in lower case."""

    def __init__(self) -> None:
        self._entries: dict[str, CatalogueEntry] = {}

    def get(self, name: str) -> CatalogueEntry | None:
        return self._entries.get(name.lower())

    def put(self, entry: CatalogueEntry) -> None:
        self._entries[entry.name.lower()] = entry

    def delete(self, name: str) -> None:
        self._entries.pop(name.lower(), None)

    def page(self, after: str | None, limit: int) -> list[CatalogueEntry]:
        behind = [entry for key, entry in sorted(self._entries.items()) if key > (after or "").lower()]
        return [replace(entry, schema=None) for entry in behind[:limit]]

    def count(self, at_most: int) -> int:
        return min(at_most, len(self._entries))
