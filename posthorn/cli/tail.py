"""Following the history: asking again and again for what is new.

The history is ordered by when an attempt was due, and its record comes when the attempt has ended: later than others that
were due after it. So each look reads from the newest record down, and ends where all is known; and now and then it goes
through all of `LOOK_BACK`. A record that comes later than that is in `history list` alone.

Nothing here goes by the clock of this machine: times are compared with the newest record's.
"""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Literal

from posthorn.cli import faces, patience, screen, times

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from posthorn.client import Client
    from posthorn.client.shown import Record, RecordSummary

PERIOD_S: Final = 2.0
LOOK_BACK: Final = timedelta(minutes=2)
"""How much later than its place in the order a record may come: an attempt takes up to 30 s, and a queue may be behind."""
THOROUGH_EVERY: Final = 10
"""One look in ten goes through all of `LOOK_BACK`: a record that came late is shown within 20 s."""
KNOWN_ENOUGH: Final = 100
"""After so many known records in a row, newest first, a look ends."""
PAGE_LENGTH: Final = 200
"""As many as the service takes, without bodies: up to 100 new records cost one request."""
_BODIES_AT_ONCE: Final = 50
"""Records with their bodies that are held in memory at the same time."""
_MILLISECOND: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records."""

    webhook_id: str | None = None
    outcome: Literal["succeeded", "failed"] | None = None
    notification_type: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def records(self, service: Client, *, has_bodies: bool) -> Iterator[Record] | Iterator[RecordSummary]:
        """Them, newest first; bodies are asked for where they are shown."""
        list_of = service.history.list if has_bodies else service.history.summaries
        return list_of(since=self.since, until=self.until, **self.filters)

    @property
    def filters(self) -> dict[str, Any]:
        """All but the times, as the client takes them."""
        return {"webhook_id": self.webhook_id, "outcome": self.outcome, "notification_type": self.notification_type}

    @property
    def is_of_some(self) -> bool:
        """Whether records are left out, so that the newest of them may be an old one."""
        return self.outcome is not None or self.notification_type is not None


class Tail:
    """The records that were shown, or were there before; each new one is shown once."""

    def __init__(self, service: Client, wanted: Wanted, *, is_json: bool) -> None:
        self._service = service
        self._wanted = wanted
        self._is_json = is_json
        self._seen: dict[str, str] = {}
        """Id → createdAt, of all records that a look may meet."""
        self._newest: str | None = None
        """The createdAt of the newest record of any outcome and type."""

    def take_note(self) -> None:
        """Take note of what is there: it is not new. What comes after this is shown by `begin`, or by the first look."""
        self._newest = self._newest_of_all()
        self._seen = {each["id"]: each["createdAt"] for each in self._recent()}

    def begin(self, count: int) -> None:
        """Show the newest records, oldest first."""
        for record in reversed(list(islice(self._wanted.records(self._service, has_bodies=self._is_json), count))):
            self._show(record)

    def follow(self) -> None:
        """Show what comes, until Ctrl-C."""
        for number in itertools.count(1):
            time.sleep(PERIOD_S)
            patience.ask(partial(self.look, is_thorough=number % THOROUGH_EVERY == 0))

    def look(self, *, is_thorough: bool) -> None:
        """Show what has come since the last look, oldest first. What breaks off is completed by the next one."""
        newest = self._newest_of_all() if is_thorough and self._wanted.is_of_some else None
        for run in reversed(self._fresh(is_thorough=is_thorough)):
            for record in self._whole(run) if self._is_json else reversed(run):
                self._show(record)
        self._newest = max(filter(None, (self._newest, newest)), default=None)  # not before all up to there is shown
        self._forget()

    def _fresh(self, *, is_thorough: bool) -> list[list[RecordSummary]]:
        """Records that are new, newest first, in runs with no known one in between."""
        runs: list[list[RecordSummary]] = [[]]
        met: set[str] = set()
        known = 0
        for record in self._recent():
            if record["id"] in self._seen or record["id"] in met:
                known += 1
                if runs[-1]:
                    runs.append([])
                if known >= KNOWN_ENOUGH and not is_thorough:
                    break
            else:
                known = 0
                met.add(record["id"])
                if len(runs[-1]) == _BODIES_AT_ONCE:
                    runs.append([])
                runs[-1].append(record)
        return [run for run in runs if run]

    def _whole(self, run: list[RecordSummary]) -> Iterator[Record]:
        """A run's records with their bodies, oldest first; one that has gone meanwhile is passed over."""
        ids = {each["id"] for each in run}
        since, until = times.read(run[-1]["createdAt"]), times.read(run[0]["createdAt"]) + _MILLISECOND
        found = self._service.history.list(since=since, until=until, page_length=len(run), **self._wanted.filters)
        yield from reversed([record for record in found if record["id"] in ids])

    def _recent(self) -> Iterator[RecordSummary]:
        since = None if self._newest is None else times.read(self._newest) - LOOK_BACK
        return self._service.history.summaries(since=since, page_length=PAGE_LENGTH, **self._wanted.filters)

    def _newest_of_all(self) -> str | None:
        """When the newest record is of, whether it is wanted or not: from there on `LOOK_BACK` is counted."""
        found = self._service.history.summaries(webhook_id=self._wanted.webhook_id, page_length=1)
        return next((each["createdAt"] for each in found), None)

    def _show(self, record: RecordSummary) -> None:
        show(record, is_json=self._is_json)
        self._seen[record["id"]] = record["createdAt"]
        self._newest = max(self._newest or "", record["createdAt"])

    def _forget(self) -> None:
        """Forget what no look meets any more."""
        if self._newest is None:
            return
        since = times.read(self._newest) - LOOK_BACK
        self._seen = {record_id: at for record_id, at in self._seen.items() if times.read(at) >= since}


def show(record: RecordSummary, *, is_json: bool) -> None:
    """One record, for people or for programs."""
    if is_json:
        screen.emit(record)
    else:
        faces.entry(record)
