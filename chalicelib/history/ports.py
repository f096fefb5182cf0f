"""What keeps history records, statistics and recoveries.

Every method may raise `chalicelib.domain.errors.Unavailable` if the store or the queue refuses for now: then nothing,
or only a harmless part, was done, and the caller repeats the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from chalicelib.domain.delivery.attempt import PendingAttempt
    from chalicelib.domain.directory.preconditions import Standing
    from chalicelib.domain.history.filters import HistoryFilter
    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.domain.history.recovery import Recovery
    from chalicelib.domain.history.stats import KeptHour, Measure
    from chalicelib.domain.ids import RecordId


class JournalPosition(NamedTuple):
    """A place in the journal of all attempts: one row of it, and how many of that row's records are behind us."""

    row: str
    offset: int


@dataclass(frozen=True, slots=True)
class JournalPage:
    """Some records of all webhooks, newest first, each with the place behind it; `next_position` is ``None`` at the end."""

    entries: list[tuple[HistoryRecord, JournalPosition]]
    next_position: JournalPosition | None

    @property
    def records(self) -> list[HistoryRecord]:
        """The records alone."""
        return [record for record, _ in self.entries]


class HistoryStore(Protocol):
    """The records of attempts."""

    def write(self, records: Sequence[HistoryRecord]) -> list[HistoryRecord]:
        """Keep records; return those that the table would not take, however often it was asked."""

    def get(self, record_id: RecordId) -> HistoryRecord | None:
        """One record, whole; ``None`` where there is none, or it has expired."""

    def get_many(self, record_ids: Collection[RecordId]) -> dict[RecordId, HistoryRecord]:
        """Those of the records that exist (strongly consistent)."""

    def page(
        self, webhook_id: str, before: str | None, wanted: HistoryFilter, limit: int
    ) -> tuple[list[HistoryRecord], str | None]:
        """Records of one webhook, newest first, beginning behind the sort key `before`.

        Returns them with the sort key to read on from, ``None`` at the end. A page may hold fewer than `limit`, even none,
        and yet have a next one: a filter that drops much reads only so far at a time.
        """

    def page_of_all(self, before: JournalPosition | None, wanted: HistoryFilter, limit: int) -> JournalPage:
        """Records of all webhooks in the order of the journal, under the same rule."""

    def page_of_delivery(
        self, attempt: PendingAttempt, before: str | None, limit: int
    ) -> tuple[list[HistoryRecord], str | None]:
        """Records of the delivery that an attempt belongs to, newest first, beginning behind the sort key `before`.

        Returns them with the sort key to read on from, ``None`` at the end. A page may be short, even empty, and yet have a
        next one. What was written a moment ago may be missing.
        """

    def due(self, now: datetime, limit: int) -> list[RecordId]:
        """Ids of records whose next attempt waits in the `due` index and is due at `now`, the longest due first.

        The index may lag: `still_due` returns those that are.
        """

    def still_due(self, record_ids: Sequence[RecordId]) -> list[HistoryRecord]:
        """Those of the records that are still marked as due, in the order of `record_ids` (strongly consistent)."""

    def settle(self, records: Sequence[HistoryRecord]) -> None:
        """Take records out of the `due` index: their next attempt is on its way."""

    def expunge(self, record_id: RecordId, now: datetime) -> HistoryRecord | None:
        """Put a record's `without_content` in its place, and take it out of the `due` index; ``None`` where there is none.

        A record that is expunged stays as it is. One that is written again meanwhile is expunged as it is then.
        """

    def purge(self, webhook_id: str, limit: int) -> int:
        """Remove up to `limit` records of a webhook; return how many were removed, 0 at the end."""


class StatsStore(Protocol):
    """What the stats are counted from, and what was counted."""

    def measures(
        self, webhook_id: str, since: datetime, until: datetime, after: str | None
    ) -> tuple[list[Measure], str | None]:
        """Some attempts of a webhook, oldest first, `since` inclusive, `until` exclusive, behind the sort key `after`.

        Returns them with the sort key to read on from, ``None`` at the end: what one request to the table brings.
        """

    def days(self, webhook_id: str, days: Sequence[date]) -> dict[datetime, KeptHour]:
        """The hours of those days that were counted before, by their beginning."""

    def keep_day(self, webhook_id: str, day: date, hours: Sequence[KeptHour]) -> None:
        """Keep the hours of a day, in place of those that were kept of it."""

    def forget(self, webhook_id: str) -> None:
        """Remove all that was counted of a webhook."""


class RecoveryStore(Protocol):
    """Recoveries, and for each the deliveries that it need not look at any more."""

    def latest(self, webhook_id: str) -> str | None:
        """The id of the webhook's latest recovery (strongly consistent)."""

    def create(self, recovery: Recovery, latest: str | None, held: Sequence[Standing] = ()) -> bool:
        """Keep a new one, which is then its webhook's latest; ``False`` if `latest` no longer is.

        Of two that are created at once, one is refused. If what is `held` is not true any more, nothing is written, and
        `chalicelib.domain.directory.preconditions.StandingLost` is raised.
        """

    def page(self, webhook_id: str, before: str | None, limit: int) -> list[Recovery]:
        """Recoveries of a webhook, newest first, beginning after the id `before`."""

    def get(self, recovery_id: str) -> Recovery | None:
        """One of them as it is now (strongly consistent)."""

    def advance(self, old: Recovery, new: Recovery) -> bool:
        """Change it; ``False`` where `old` is no longer what is kept. It is the `version` that tells."""

    def mark(self, recovery: Recovery, delivery_ids: Collection[str]) -> None:
        """Note deliveries as settled."""

    def marked(self, recovery: Recovery, delivery_ids: Collection[str]) -> set[str]:
        """Those of the deliveries that are noted (strongly consistent)."""

    def purge(self, webhook_id: str, limit: int) -> int:
        """Remove up to `limit` items of a webhook's recoveries; return how many were removed, 0 at the end."""
