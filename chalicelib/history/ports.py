"""Ports of the history: records, statistics and recoveries.

Every method may raise `chalicelib.domain.errors.Unavailable` if the store is temporarily unavailable. Then nothing was done,
or only a harmless part, and the caller repeats all of it.
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
    """A position in the journal of all attempts: a row, and how many of its records were already listed."""

    row: str
    offset: int


@dataclass(frozen=True, slots=True)
class JournalPage:
    """Records of all webhooks, newest first, each with the position after it; `next_position` is ``None`` at the end."""

    entries: list[tuple[HistoryRecord, JournalPosition]]
    next_position: JournalPosition | None

    @property
    def records(self) -> list[HistoryRecord]:
        """The records without positions."""
        return [record for record, _ in self.entries]


class HistoryStore(Protocol):
    """The records of attempts."""

    def write(self, records: Sequence[HistoryRecord]) -> list[HistoryRecord]:
        """Write records; return those that the table refuses after all tries."""

    def get(self, record_id: RecordId) -> HistoryRecord | None:
        """One complete record; ``None`` if it does not exist, or has expired."""

    def get_many(self, record_ids: Collection[RecordId]) -> dict[RecordId, HistoryRecord]:
        """Those of the records that exist (strongly consistent)."""

    def page(
        self, webhook_id: str, before: str | None, wanted: HistoryFilter, limit: int
    ) -> tuple[list[HistoryRecord], str | None]:
        """Records of one webhook, newest first, after the sort key `before`.

        Returns them with the sort key after which to continue, ``None`` at the end. A page may have fewer records than
        `limit`, even none, and still have a next page: a filter that drops much reads only so far at a time.
        """

    def page_of_all(self, before: JournalPosition | None, wanted: HistoryFilter, limit: int) -> JournalPage:
        """Records of all webhooks in the order of the journal, with pages as in `page`."""

    def page_of_delivery(
        self, attempt: PendingAttempt, before: str | None, limit: int
    ) -> tuple[list[HistoryRecord], str | None]:
        """Records of the delivery of an attempt, newest first, after the sort key `before`.

        Returns them with the sort key after which to continue, ``None`` at the end. A page may be short, even empty, and
        still have a next page. A record that was just written may be missing.
        """

    def due(self, now: datetime, limit: int) -> list[RecordId]:
        """Ids of records in the `due` index whose next attempt is due at `now`, the longest due first.

        The index may lag: `still_due` returns those that are really due.
        """

    def still_due(self, record_ids: Sequence[RecordId]) -> list[HistoryRecord]:
        """Those of the records that are still marked as due, in the order of `record_ids` (strongly consistent)."""

    def settle(self, records: Sequence[HistoryRecord]) -> None:
        """Remove records from the `due` index: their next attempt is enqueued."""

    def expunge(self, record_id: RecordId, now: datetime) -> HistoryRecord | None:
        """Replace a record by its `without_content`, and remove it from the `due` index; ``None`` if it does not exist.

        Idempotent. A record that is written again at the same time is expunged in its new state.
        """

    def purge(self, webhook_id: str, limit: int) -> int:
        """Delete up to `limit` records of a webhook; return how many were deleted, 0 at the end."""


class StatsStore(Protocol):
    """The source of the statistics, and the counted hours."""

    def measures(
        self, webhook_id: str, since: datetime, until: datetime, after: str | None
    ) -> tuple[list[Measure], str | None]:
        """Some attempts of a webhook, oldest first, `since` inclusive, `until` exclusive, after the sort key `after`.

        Returns them with the sort key after which to continue, ``None`` at the end: the result of one request to the table.
        """

    def days(self, webhook_id: str, days: Sequence[date]) -> dict[datetime, KeptHour]:
        """The stored hours of those days, by their beginning."""

    def keep_day(self, webhook_id: str, day: date, hours: Sequence[KeptHour]) -> None:
        """Replace the stored hours of a day."""

    def forget(self, webhook_id: str) -> None:
        """Delete all stored hours of a webhook."""


class RecoveryStore(Protocol):
    """Recoveries, and the deliveries that each has settled."""

    def latest(self, webhook_id: str) -> str | None:
        """The id of the webhook's latest recovery (strongly consistent)."""

    def create(self, recovery: Recovery, latest: str | None, held: Sequence[Standing] = ()) -> bool:
        """Write a new one, which becomes its webhook's latest; ``False`` if `latest` is not the latest any more.

        If two are created at the same time, one is refused. If a condition in `held` does not hold, nothing is written, and
        `chalicelib.domain.directory.preconditions.StandingLost` is raised.
        """

    def page(self, webhook_id: str, before: str | None, limit: int) -> list[Recovery]:
        """Recoveries of a webhook, newest first, after the id `before`."""

    def get(self, recovery_id: str) -> Recovery | None:
        """One recovery (strongly consistent)."""

    def advance(self, old: Recovery, new: Recovery) -> bool:
        """Change it; ``False`` if `old` is not the stored state any more. The `version` decides."""

    def mark(self, recovery: Recovery, delivery_ids: Collection[str]) -> None:
        """Note deliveries as settled."""

    def marked(self, recovery: Recovery, delivery_ids: Collection[str]) -> set[str]:
        """Those of the deliveries that are noted (strongly consistent)."""

    def purge(self, webhook_id: str, limit: int) -> int:
        """Delete up to `limit` items of a webhook's recoveries; return how many were deleted, 0 at the end."""
