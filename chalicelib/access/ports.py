"""Ports of the audit and of the rate limits' counters.

Every method may raise `chalicelib.domain.errors.Unavailable` if the store is temporarily unavailable. Then nothing was done,
or only a harmless part, and the caller repeats all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.directory.audit import AuditEntry


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries to list; `since` is inclusive, `until` exclusive."""

    webhook_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class AuditLog(Protocol):
    """The audit log."""

    def write(self, entry: AuditEntry) -> None:
        """Write an entry."""

    def page(self, before: str | None, wanted: AuditFilter, limit: int) -> tuple[list[AuditEntry], str | None]:
        """Entries that have not expired, newest first, after the sort key `before`.

        Returns them with the sort key after which to continue, ``None`` at the end. A page may have fewer entries than
        `limit`, even none, and still have a next page: a filter that drops much reads only so far at a time.
        """


class Counters(Protocol):
    """Counters that many processes share."""

    def add(self, name: str, amount: int, keep_until: datetime) -> int:
        """Add to a counter, which starts at 0, and return its new value. It may be forgotten after `keep_until`.

        If a request to the store is repeated, it may count twice.
        """
