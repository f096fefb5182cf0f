"""Statistics in memory, on a history in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain import ids
from chalicelib.domain.history.stats import Measure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from chalicelib.domain.history.stats import KeptHour
    from testbed.fakes.history import FakeHistory


class FakeStats:
    """Reads `page_max` attempts with each request; `reads` counts the requests."""

    def __init__(self, history: FakeHistory, page_max: int = 1_000) -> None:
        self.page_max = page_max
        self.reads = 0
        self._history = history
        self._days: dict[tuple[str, date], list[KeptHour]] = {}

    def measures(
        self, webhook_id: str, since: datetime, until: datetime, after: str | None
    ) -> tuple[list[Measure], str | None]:
        self.reads += 1
        kept = sorted(self._history.kept_of(webhook_id), key=lambda record: record.attempt.record_id.sort)
        found = [
            Measure(sort, ids.time_of(sort), record.failure, record.exchange.duration_ms)
            for record in kept
            if (sort := record.attempt.record_id.sort) > (after or "") and since <= record.created_at < until
        ]
        return found[: self.page_max], found[self.page_max - 1].sort if len(found) > self.page_max else None

    def days(self, webhook_id: str, days: Sequence[date]) -> dict[datetime, KeptHour]:
        return {each.hour: each for day in days for each in self._days.get((webhook_id, day), [])}

    def keep_day(self, webhook_id: str, day: date, hours: Sequence[KeptHour]) -> None:
        self._days[webhook_id, day] = list(hours)

    def forget(self, webhook_id: str) -> None:
        self._days = {key: hours for key, hours in self._days.items() if key[0] != webhook_id}
