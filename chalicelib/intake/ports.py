"""What keeps notifications and their types, and the queue of accepted notifications.

Every method may raise `chalicelib.domain.errors.Unavailable` if the store or the queue refuses for now: then nothing,
or only a harmless part, was done, and the caller repeats the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from chalicelib.domain.directory.preconditions import Standing
    from chalicelib.domain.notifications.catalogue import CatalogueEntry


class Added(StrEnum):
    """What came of adding something."""

    ADDED = "added"
    THERE = "there"
    """There is one of that name: somebody else was faster."""
    FULL = "full"
    """There are as many as there may be."""


class NotificationTypes(Protocol):
    """The types that admins have added to the catalogue. Writes name what must be true of users, like a webhook's."""

    def get(self, name: str) -> CatalogueEntry | None:
        """One type by its name in any case, with its schema (strongly consistent)."""

    def add(self, entry: CatalogueEntry, held: Sequence[Standing], types_max: int, now: datetime) -> Added:
        """Keep a new type, and count it in the same step."""

    def put(self, entry: CatalogueEntry, held: Sequence[Standing] = (), *, must_exist: bool = False) -> bool:
        """Keep a type in the place of the one of that name, in any case, without counting it.

        Return ``False`` and keep nothing if there is none and there must be.
        """

    def delete(self, name: str, now: datetime, held: Sequence[Standing] = ()) -> None:
        """Remove the type of that name, in any case, and take it off the count. One that is gone already stays gone."""

    def page(self, after: str | None, limit: int) -> list[CatalogueEntry]:
        """Types without their schemas, sorted by their names in lower case, beginning behind the name `after`."""

    def count(self, at_most: int) -> int:
        """How many there are, counted no further than `at_most`."""


@dataclass(frozen=True, slots=True)
class HeldNotification:
    """A notification as it came, and the time under which it is found, to the millisecond: that of its deliveries.

    Its id is its producer's (`chalicelib.domain.notifications.producer`). `depth` is how many deliveries led to it.
    """

    id: str
    at: datetime
    text: str
    producer: str = ""
    depth: int = 0


class NotificationStore(Protocol):
    """Notifications of the last days, for recoveries, and those whose time has not come."""

    def keep(self, held: Sequence[HeldNotification], days: int) -> None:
        """Keep some for so many days, those that came together as one item.

        Keeping the same ones again changes nothing; one that is kept again with others may be found twice.
        Raises `Unavailable` where one was not kept.
        """

    def kept(
        self, since: datetime, until: datetime, after: str | None, limit: int
    ) -> tuple[list[HeldNotification], str | None]:
        """Those of a span of time (`until` is exclusive), beginning behind the place `after`.

        The oldest come first, but that those that were kept together stay together. Returns them with the place to read on
        from, ``None`` at the end. A page may be short, even empty, and yet have a next one. Only the store can read a place:
        it is no sort key, and says nothing of a time.
        """

    def schedule(self, held: HeldNotification) -> None:
        """Hold one back until its time; doing it again changes nothing."""

    def due(self, by: datetime, limit: int) -> list[HeldNotification]:
        """Some of those held back whose time is not after `by`."""

    def settle(self, held: Sequence[HeldNotification]) -> None:
        """Forget those held back: they are on their way."""


@dataclass(frozen=True, slots=True)
class QueuedNotification:
    """A notification that the service has accepted: the producer's own text, and beside it what the service knows about it.

    It is visible after `delay_s` (0 to 900 whole seconds).
    """

    text: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    delay_s: int = 0


class NotificationQueue(Protocol):
    """The queue of accepted notifications, on which only the service sends; fan-outs go on there, too."""

    def send(self, messages: Sequence[QueuedNotification]) -> None:
        """Enqueue all; raise `Unavailable` where one was refused for good (some may then have gone out)."""


class ClaimState(StrEnum):
    """What came of a request for a claim."""

    MINE = "mine"
    """Go on: nobody else works on it."""
    BUSY = "busy"
    """Another one works on it, and its lease has not run out."""
    FINISHED = "finished"
    """It was done."""
    OTHER = "other"
    """It was claimed for other content: this work is not that work."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The answer to a claim; `accepted_at` is the first claimer's, so that who takes over repeats the same ids."""

    state: ClaimState
    accepted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRequest:
    """What is to be claimed.

    Args:
        name: what is claimed.
        holder: who claims; the same holder may claim again.
        lease_s: how long nobody else may take it over.
        keep_s: how long it is remembered, from its first claim.
        accepted_at: what to remember with it.
        content: a digest of what the name stands for; empty where a name stands for one thing only.

    """

    name: str
    holder: str
    lease_s: float
    keep_s: float
    accepted_at: datetime
    content: str = ""


class Claims(Protocol):
    """Leases on work that must be done once: a notification's id, a step of a fan-out."""

    def take(self, request: ClaimRequest, now: datetime) -> Claim:
        """Claim a name, by one conditional write where it is free."""

    def reserve(self, requests: Sequence[ClaimRequest], now: datetime) -> list[Claim]:
        """Claim names that nobody has claimed, by one conditional write each, several at a time.

        A claim that is there stays as it is, whoever holds it and whether or not its lease is over.
        """

    def finish(self, name: str) -> None:
        """Say that it is done: nobody is to do it again."""
