"""What keeps the audit and the counters of the rate limits.

Every method may raise `chalicelib.domain.errors.Unavailable` if the store or the queue refuses for now: then nothing,
or only a harmless part, was done, and the caller repeats the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.directory.audit import AuditEntry


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What to leave out of a page; `since` is inclusive, `until` exclusive."""

    webhook_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class AuditLog(Protocol):
    """Who changed what."""

    def write(self, entry: AuditEntry) -> None:
        """Keep a line."""

    def page(self, before: str | None, wanted: AuditFilter, limit: int) -> tuple[list[AuditEntry], str | None]:
        """Lines that are not too old, newest first, beginning behind the sortable part `before`.

        Returns them with the part to read on from, ``None`` at the end. A page may hold fewer than `limit`, even none, and
        yet have a next one: a filter that drops much reads only so far at a time.
        """


class Counters(Protocol):
    """Numbers that many processes add to."""

    def add(self, name: str, amount: int, keep_until: datetime) -> int:
        """Add to a number, which begins at 0, and return what it is then; it may be forgotten after `keep_until`.

        A request to the store that is repeated may count twice.
        """
