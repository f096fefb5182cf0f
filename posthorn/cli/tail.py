"""Follows the history by polling.

The history is ordered by the time when an attempt was due, but a record appears when its attempt has ended. So a new record
may appear below known ones. Each poll reads from the newest record down, until it finds only known records; every tenth poll
reads all of `LOOK_BACK`. A record that appears later than that is only in `history list`.

The clock of this machine is not used: times are compared with the time of the newest record.
"""

from __future__ import annotations

import itertools
import time
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Final, cast

from posthorn.cli import display, outages, output, times

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from posthorn.client import Client
    from posthorn.schemas import Record, RecordFilters, RecordSummary

POLL_INTERVAL_S: Final = 2.0
LOOK_BACK: Final = timedelta(minutes=2)
"""How much later than its due time a record may appear: an attempt takes up to 30 s, and a queue may have a backlog."""
FULL_POLL_EVERY: Final = 10
"""One poll in ten reads all of `LOOK_BACK`, so that a late record is shown within 20 s."""
KNOWN_IN_A_ROW: Final = 100
"""A poll ends after this many known records in a row."""
PAGE_LENGTH: Final = 200
"""The service's maximum for records without bodies: up to 100 new records need one request."""
_BODIES_AT_ONCE: Final = 50
"""The number of records with bodies that are in memory at the same time."""
_MILLISECOND: Final = timedelta(milliseconds=1)


def records(service: Client, filters: Mapping[str, object], *, has_bodies: bool) -> Iterator[RecordSummary]:
    """Records, newest first, with or without bodies."""
    list_records = service.history.list if has_bodies else service.history.summaries
    return list_records(**cast("RecordFilters", filters))


class Tail:
    """Shows each new record once. It remembers the records that were shown, or existed before."""

    def __init__(self, service: Client, filters: Mapping[str, object], *, is_json: bool) -> None:
        self._service = service
        self._filters = cast("RecordFilters", filters)
        self._is_json = is_json
        self._seen: dict[str, str] = {}
        """Id → createdAt, of all known records that a poll may find again."""
        self._newest: str | None = None
        """The createdAt of the newest record, whatever its outcome and type."""

    def mark_existing(self) -> None:
        """Mark existing records as known. Records that appear later are shown by `show_newest` or by the first poll."""
        self._newest = self._newest_of_all()
        self._seen = {each["id"]: each["createdAt"] for each in self._recent()}

    def show_newest(self, count: int) -> None:
        """Show the newest records, oldest first."""
        for record in reversed(list(islice(records(self._service, self._filters, has_bodies=self._is_json), count))):
            self._show(record)

    def follow(self) -> None:
        """Poll until Ctrl-C."""
        for number in itertools.count(1):
            time.sleep(POLL_INTERVAL_S)
            outages.retry_until_available(partial(self.poll, is_full=number % FULL_POLL_EVERY == 0))

    def poll(self, *, is_full: bool) -> None:
        """Show records that are new since the last poll, oldest first. After an error, the next poll shows the rest."""
        newest = self._newest_of_all() if is_full and self._can_miss_newest else None
        for run in reversed(self._new_runs(is_full=is_full)):
            for record in self._with_bodies(run) if self._is_json else reversed(run):
                self._show(record)
        self._newest = max(filter(None, (self._newest, newest)), default=None)  # only when all records up to it are shown
        self._forget_old()

    @property
    def _can_miss_newest(self) -> bool:
        """Whether the filters may leave out recent records, so that the newest record found may be an old one."""
        return not self._filters.keys() <= {"webhook_id"}

    def _new_runs(self, *, is_full: bool) -> list[list[RecordSummary]]:
        """New records, newest first, in runs: no known record is between the records of a run."""
        runs: list[list[RecordSummary]] = [[]]
        found: set[str] = set()
        known = 0
        for record in self._recent():
            if record["id"] in self._seen or record["id"] in found:
                known += 1
                if runs[-1]:
                    runs.append([])
                if known >= KNOWN_IN_A_ROW and not is_full:
                    break
            else:
                known = 0
                found.add(record["id"])
                if len(runs[-1]) == _BODIES_AT_ONCE:
                    runs.append([])
                runs[-1].append(record)
        return [run for run in runs if run]

    def _with_bodies(self, run: list[RecordSummary]) -> Iterator[Record]:
        """A run's records with their bodies, oldest first. A record that was deleted in the meantime is left out."""
        ids = {each["id"] for each in run}
        since, until = times.from_api(run[-1]["createdAt"]), times.from_api(run[0]["createdAt"]) + _MILLISECOND
        period: RecordFilters = {**self._filters, "since": since, "until": until}
        found = self._service.history.list(page_length=len(run), **period)
        yield from reversed([record for record in found if record["id"] in ids])

    def _recent(self) -> Iterator[RecordSummary]:
        since = None if self._newest is None else times.from_api(self._newest) - LOOK_BACK
        filters: RecordFilters = {**self._filters, "since": since}
        return self._service.history.summaries(page_length=PAGE_LENGTH, **filters)

    def _newest_of_all(self) -> str | None:
        """The createdAt of the webhook's newest record, whatever its outcome and type. `LOOK_BACK` counts from there."""
        found = self._service.history.summaries(webhook_id=self._filters.get("webhook_id"), page_length=1)
        return next((each["createdAt"] for each in found), None)

    def _show(self, record: RecordSummary) -> None:
        output.show(record, display.record_summary, json=self._is_json)
        self._seen[record["id"]] = record["createdAt"]
        self._newest = max(self._newest or "", record["createdAt"])

    def _forget_old(self) -> None:
        """Forget records that no poll can find again."""
        if self._newest is None:
            return
        since = times.from_api(self._newest) - LOOK_BACK
        self._seen = {record_id: at for record_id, at in self._seen.items() if times.from_api(at) >= since}
