"""Following the history: asking again and again for what is new."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Literal

from posthorn.cli import faces, screen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posthorn.client import Client
    from posthorn.client.shown import Record, RecordSummary

PERIOD_S: Final = 2.0
LOOK_BACK: Final = timedelta(minutes=2)
"""The history is ordered by when an attempt was due, and its record comes when it has ended: up to 30 s later, or as much
more as a queue is behind."""
_SEEN_MAX: Final = 10_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records."""

    webhook_id: str | None = None
    outcome: Literal["succeeded", "failed"] | None = None
    notification_type: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def records(
        self, service: Client, *, has_bodies: bool, since: datetime | None = None
    ) -> Iterator[Record] | Iterator[RecordSummary]:
        """Them, newest first; bodies are asked for where they are shown."""
        filters: dict[str, Any] = {
            "webhook_id": self.webhook_id,
            "outcome": self.outcome,
            "notification_type": self.notification_type,
            "since": since or self.since,
            "until": self.until,
        }
        return service.history.list(**filters) if has_bodies else service.history.summaries(**filters)


def newest(service: Client, wanted: Wanted, count: int, *, is_json: bool) -> dict[str, None]:
    """Show the newest records, oldest first; return the ids of what was there before."""
    found = list(islice(wanted.records(service, has_bodies=is_json), count))
    for record in reversed(found):
        show(record, is_json=is_json)
    before = wanted.records(service, has_bodies=False, since=datetime.now(UTC) - LOOK_BACK)
    shown = {each["id"]: None for each in found}
    newest_shown = found[0]["createdAt"] if found else None
    return shown | {each["id"]: None for each in before if newest_shown is None or each["createdAt"] <= newest_shown}


def follow(service: Client, wanted: Wanted, seen: dict[str, None], *, is_json: bool) -> None:
    """Show what comes, until Ctrl-C."""
    while True:
        time.sleep(PERIOD_S)
        recent = wanted.records(service, has_bodies=is_json, since=datetime.now(UTC) - LOOK_BACK)
        for record in reversed([each for each in recent if each["id"] not in seen]):
            show(record, is_json=is_json)
            seen[record["id"]] = None
        for old in list(seen)[:-_SEEN_MAX]:
            del seen[old]


def show(record: RecordSummary, *, is_json: bool) -> None:
    """One record, for people or for programs."""
    if is_json:
        screen.emit(record)
    else:
        faces.entry(record)
