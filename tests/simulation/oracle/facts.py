"""The inputs and outputs of a run, as plain values."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tests.simulation.oracle import promises

if TYPE_CHECKING:
    from datetime import datetime


def said(body: str) -> str:
    """The text of a body; the body itself if it has none."""
    try:
        return str(json.loads(body)["text"])
    except (ValueError, KeyError, TypeError):
        return body


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference from a promise. `about` is the name of a webhook, a notification or an attempt."""

    promise: str
    about: str
    detail: str

    def __str__(self) -> str:
        return f"{self.promise}: {self.about}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A webhook as its owner created it. `is_steady`: it was never paused, disabled or deleted, as far as is known."""

    id: str
    url: str
    name: str
    owner_id: str
    types: tuple[str, ...]
    is_global: bool
    action: str | None
    groups: tuple[str, ...]
    rate_per_s: float | None
    is_steady: bool
    paused_at: datetime | None = None
    resumed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Posting:
    """A notification. `accepted_at` is when its producer first got a response; ``None`` if never."""

    text: str
    tried_at: datetime
    accepted_at: datetime | None
    members: dict[str, Any] = field(init=False, hash=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "members", json.loads(self.text))

    @property
    def id(self) -> str | None:
        given = self.members.get("id")
        return None if given is None else str(given)

    @property
    def type(self) -> str:
        return str(self.members["notificationType"])

    @property
    def said(self) -> str:
        return str(self.members["text"])


@dataclass(slots=True, eq=False)
class Run:
    """A process. `is_excused`: it had a fault, or its messages came from a process that had one."""

    name: str
    started_at: datetime
    ended_at: datetime
    is_lost: bool
    is_late: bool
    has_mishap: bool
    is_excused: bool
    took: frozenset[str]
    """The notifications that it received, by their text."""
    again: frozenset[str]
    """The attempts, by record, whose message was redelivered to it."""


@dataclass(slots=True, eq=False)
class Call:
    """A request that reached a receiver, in true time."""

    number: int
    at: datetime
    ended_at: datetime
    record_id: str
    delivery_id: str
    url: str
    body: str
    status: int
    retry_after_s: float
    run: Run

    @property
    def is_success(self) -> bool:
        return self.status == 200

    @property
    def is_learned(self) -> bool:
        """Whether nothing went wrong in its process, so that the service surely knows how it ended."""
        return not (self.run.is_lost or self.run.has_mishap)

    @property
    def over_at(self) -> datetime:
        """When it ended: at its deadline at the latest, also if its process froze and noticed it much later."""
        return min(self.ended_at, self.at + promises.DEADLINE)


@dataclass(frozen=True, slots=True)
class Sent:
    """An attempt that was put on a lane."""

    at: datetime
    record_id: str
    delivery_id: str
    notification_id: str
    webhook_id: str
    number: int
    trigger: str
    was_held: bool
    run: Run | None


@dataclass(frozen=True, slots=True)
class Row:
    """A history record, as it is at the end."""

    record_id: str
    delivery_id: str
    notification_id: str
    webhook_id: str
    number: int
    trigger: str
    cause: str | None
    created_at: datetime
    finished_at: datetime
    next_at: datetime | None
    last_kept_at: datetime
    body: str

    @property
    def is_success(self) -> bool:
        return self.cause is None


@dataclass(frozen=True, slots=True)
class Unsent:
    """An attempt that failed before any request, because there was no token."""

    finished_at: datetime
    delivery_id: str
    webhook_id: str
    number: int


@dataclass(frozen=True, slots=True)
class Health:
    """The state of a webhook in the table from a time on."""

    at: datetime
    failures: int
    probe_at: datetime | None


@dataclass(frozen=True, slots=True)
class Recovery:
    """A recovery that was accepted. `state` is ``None`` if it no longer exists."""

    id: str
    webhook_id: str
    only: str
    at: datetime
    state: str | None


@dataclass(frozen=True)
class Facts:
    """All facts of a run."""

    is_calm: bool
    has_freezes: bool
    subscribers: list[Subscriber]
    postings: list[Posting]
    calls: list[Call]
    sent: list[Sent]
    rows: list[Row]
    unsent: list[Unsent]
    left: list[Row]
    """Rows of webhooks that are deleted."""
    health: dict[str, list[Health]]
    notices: list[tuple[str, str]]
    """The kind and the webhook of each notice to an owner."""
    disabled: dict[str, str | None]
    """Webhooks that the service itself disabled, and those that are live, with the reason."""
    recoveries: list[Recovery]
    retries: list[str]
    deleted: dict[str, int]
    """The number of calls before the response to a webhook's deletion."""
    removed_at: dict[str, datetime]
    first_kept_at: dict[str, datetime]
    """When the record of an attempt was first written."""
    in_flight_most: int
    runs: list[Run]

    @cached_property
    def steady(self) -> list[Subscriber]:
        return [each for each in self.subscribers if each.is_steady]

    @cached_property
    def by_url(self) -> dict[str, Subscriber]:
        return {each.url: each for each in self.subscribers}

    @cached_property
    def _by_id(self) -> dict[str, Posting]:
        return {each.id: each for each in self.postings if each.id is not None}

    @cached_property
    def _by_said(self) -> dict[str, Posting]:
        return {each.said: each for each in self.postings if each.id is None}

    def posting_of(self, made: Call | Row) -> Posting | None:
        """The notification of an attempt: by its producer's id, or by its text."""
        notification_id = made.notification_id if isinstance(made, Row) else self.attempts[made.record_id].notification_id
        return self._by_id.get(notification_id) or self._by_said.get(said(made.body))

    @cached_property
    def calls_of(self) -> dict[str, list[Call]]:
        """The calls of a webhook, in order."""
        found: defaultdict[str, list[Call]] = defaultdict(list)
        for call in self.calls:
            subscriber = self.by_url.get(call.url)
            if subscriber is not None:
                found[subscriber.id].append(call)
        return found

    @cached_property
    def rows_of(self) -> dict[str, list[Row]]:
        found: defaultdict[str, list[Row]] = defaultdict(list)
        for row in self.rows:
            found[row.webhook_id].append(row)
        return found

    @cached_property
    def attempts(self) -> dict[str, Sent]:
        """What an attempt is, by its record."""
        return {each.record_id: each for each in reversed(self.sent)}

    @cached_property
    def worked_on(self) -> dict[str, list[Run]]:
        """The processes that enqueued or made any attempt of a delivery: one attempt made twice is followed up twice."""
        found: defaultdict[str, list[Run]] = defaultdict(list)
        for sent in self.sent:
            if sent.run is not None:
                found[sent.delivery_id].append(sent.run)
        for call in self.calls:
            found[call.delivery_id].append(call.run)
        return found
