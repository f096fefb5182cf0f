"""A webhook's statistics, counted from its history on request.

Deliveries pay nothing for it (`docs/adr`). A past hour is counted once and stored, by day, so that the next request needs
one small read. If there is more than one request may read, the response says so, and the next request continues.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Final

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.history import stats
from chalicelib.domain.history.stats import HOUR, KeptHour, Tally, hour_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from chalicelib.domain.directory.users import Caller
    from chalicelib.history.ports import StatsStore
    from chalicelib.ports import Clock
    from chalicelib.webhooks.service import WebhookService

SPAN_DEFAULT: Final = timedelta(hours=24)
SPAN_MAX: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Stats:
    """The counted hours from `since` on; `is_complete` is whether these are all."""

    since: datetime
    until: datetime
    hours: Mapping[datetime, Tally]
    is_complete: bool

    @property
    def total(self) -> Tally:
        """The sum of all hours."""
        return sum(self.hours.values(), Tally())


class StatsService:
    """The use case of `GET /webhooks/{id}/stats`."""

    def __init__(self, *, store: StatsStore, webhooks: WebhookService, clock: Clock, reads_max: int) -> None:
        self._store = store
        self._webhooks = webhooks
        self._clock = clock
        self._reads_max = reads_max

    def of_webhook(self, caller: Caller, webhook_id: str, since: datetime | None) -> Stats:
        """A webhook's hours, from the hour of `since` until now."""
        webhook = self._webhooks.get(caller, webhook_id)
        now = self._clock.now()
        hours = stats.hours_between(_since(since, now), now)
        kept = self._store.days(webhook.id, sorted({hour.date() for hour in hours}))
        missing = [hour for hour in hours if hour not in kept or not kept[hour].is_good(now)]
        counted = _Count(self._store, webhook.id, now, self._reads_max).hours(missing, kept)
        self._keep(webhook.id, kept, {hour: each for hour, each in counted.items() if stats.is_closed(hour, now)})
        known = {**kept, **counted}
        is_complete = all(hour in known and known[hour].read_to is None for hour in hours)
        tallies = {hour: known[hour].tally for hour in hours if hour in known}
        return Stats(since=hours[0], until=now, hours=tallies, is_complete=is_complete)

    def _keep(self, webhook_id: str, kept: Mapping[datetime, KeptHour], counted: Mapping[datetime, KeptHour]) -> None:
        """Write the days that have changed. Two concurrent requests count the same, and the later count is stored."""
        days: defaultdict[date, dict[datetime, KeptHour]] = defaultdict(dict)
        for hour, each in counted.items():
            days[hour.date()][hour] = each
        for day, fresh in days.items():
            before = {hour: each for hour, each in kept.items() if hour.date() == day}
            self._store.keep_day(webhook_id, day, list({**before, **fresh}.values()))


class _Count:
    """Counts hours, oldest first, with a limit on reads."""

    def __init__(self, store: StatsStore, webhook_id: str, now: datetime, reads_max: int) -> None:
        self._store = store
        self._webhook_id = webhook_id
        self._now = now
        self._reads_left = reads_max

    def hours(self, missing: list[datetime], kept: Mapping[datetime, KeptHour]) -> dict[datetime, KeptHour]:
        """The counted hours. The last one of a run may be counted in part."""
        counted: dict[datetime, KeptHour] = {}
        for run in _runs(missing, kept):
            begun = kept.get(run[0])
            for fresh in self._run(run, begun if begun is not None and begun.read_to is not None else None):
                before = kept.get(fresh.hour)
                counted[fresh.hour] = fresh if before is None else before.fuller(fresh)
        return counted

    def _run(self, run: list[datetime], begun: KeptHour | None) -> list[KeptHour]:
        """Consecutive hours, from where an earlier request stopped."""
        if self._reads_left <= 0:
            return []
        tallies = dict.fromkeys(run, Tally())
        after, reached_at = None, run[0]
        if begun is not None:
            tallies[run[0]], after = begun.tally, begun.read_to
        while self._reads_left > 0:
            self._reads_left -= 1
            measures, after = self._store.measures(self._webhook_id, run[0], run[-1] + HOUR, after)
            for hour, some in groupby(measures, key=lambda each: hour_of(each.at)):
                tallies[hour] += Tally.of(some)
                reached_at = hour
            if after is None:
                return [KeptHour(hour=hour, tally=tallies[hour], counted_at=self._now) for hour in run]
        return self._as_far_as(reached_at, after, tallies)

    def _as_far_as(self, last: datetime, read_to: str | None, tallies: Mapping[datetime, Tally]) -> list[KeptHour]:
        """The hours up to the one in which the reading stopped. The next request continues it at `read_to`."""
        return [
            KeptHour(hour=hour, tally=tally, counted_at=self._now, read_to=read_to if hour == last else None)
            for hour, tally in tallies.items()
            if hour <= last
        ]


def _runs(hours: Iterable[datetime], kept: Mapping[datetime, KeptHour]) -> list[list[datetime]]:
    """Hours in order, split where there is a gap, and where one is already counted in part."""
    runs: list[list[datetime]] = []
    for hour in hours:
        is_begun = hour in kept and kept[hour].read_to is not None
        if not runs or is_begun or hour - runs[-1][-1] != HOUR:
            runs.append([])
        runs[-1].append(hour)
    return runs


def _since(given: datetime | None, now: datetime) -> datetime:
    since = given if given is not None else now - SPAN_DEFAULT
    if since >= now:
        message = "'since' must be in the past."
        raise InvalidInput(message, {"since": "must be in the past"})
    if now - since > SPAN_MAX:
        message = f"'since' may be at most {SPAN_MAX.days} days ago."
        raise InvalidInput(message, {"since": f"must be at most {SPAN_MAX.days} days ago"})
    return since
