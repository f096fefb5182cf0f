"""Ports of the intake: notifications, their types, and the queue of accepted notifications.

Every method may raise `chalicelib.domain.errors.Unavailable` if the store or the queue is temporarily unavailable. Then
nothing was done, or only a harmless part, and the caller repeats all of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from chalicelib.domain.directory.preconditions import Standing
    from chalicelib.domain.notifications.catalogue import CatalogueEntry
    from chalicelib.ports import Queue


class Added(StrEnum):
    """The result of adding something."""

    ADDED = "added"
    THERE = "there"
    """There is already one of that name."""
    FULL = "full"
    """There are as many as allowed."""


class NotificationTypes(Protocol):
    """The types that admins have added to the catalogue. Writes have conditions on users, like a webhook's."""

    def get(self, name: str) -> CatalogueEntry | None:
        """One type by its name in any case, with its schema (strongly consistent)."""

    def add(self, entry: CatalogueEntry, held: Sequence[Standing], types_max: int, now: datetime) -> Added:
        """Write a new type, and count it in the same step."""

    def put(self, entry: CatalogueEntry, held: Sequence[Standing] = (), *, must_exist: bool = False) -> bool:
        """Replace the type of that name, in any case, without counting it.

        Return ``False`` and write nothing if `must_exist` is set and there is none.
        """

    def delete(self, name: str, now: datetime, held: Sequence[Standing] = ()) -> None:
        """Delete the type of that name, in any case, and uncount it. If it is already deleted, nothing happens."""

    def page(self, after: str | None, limit: int) -> list[CatalogueEntry]:
        """Types without their schemas, by their names in lower case, after the name `after`."""

    def count(self, at_most: int) -> int:
        """Their number, counted up to `at_most`."""


@dataclass(frozen=True, slots=True)
class HeldNotification:
    """A notification as sent, and the time under which it is stored, to the millisecond: that of its deliveries.

    Its id is its producer's (`chalicelib.domain.notifications.producer`). `depth` is the number of deliveries that led to
    it.
    """

    id: str
    at: datetime
    text: str
    producer: str = ""
    depth: int = 0


class NotificationStore(Protocol):
    """Notifications of the last days, for recoveries, and scheduled ones."""

    def keep(self, held: Sequence[HeldNotification], days: int) -> None:
        """Store some for so many days, those that came together as one item.

        Idempotent. A notification that is stored again with others may be found twice. Raises `Unavailable` if one was not
        stored.
        """

    def kept(
        self, since: datetime, until: datetime, after: str | None, limit: int
    ) -> tuple[list[HeldNotification], str | None]:
        """Those of a period (`until` is exclusive), after the position `after`.

        The oldest come first, except that those stored together stay together. Returns them with the position after which to
        continue, ``None`` at the end. A page may be short, even empty, and still have a next page. Only the store can read a
        position: it is not a sort key, and contains no time.
        """

    def schedule(self, held: HeldNotification) -> None:
        """Store a scheduled one. Idempotent."""

    def due(self, by: datetime, limit: int) -> list[HeldNotification]:
        """Some of the scheduled ones whose time is not after `by`."""

    def settle(self, held: Sequence[HeldNotification]) -> None:
        """Delete scheduled ones, after they were sent."""


@dataclass(frozen=True, slots=True)
class QueuedNotification:
    """A notification that the service has accepted: the producer's own text, and what the service knows about it.

    It is visible after `delay_s` (0 to 900 whole seconds).
    """

    text: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    delay_s: int = 0


NotificationQueue: TypeAlias = "Queue[QueuedNotification]"
"""The queue of accepted notifications. Only the service sends to it, also the rest of a fan-out."""


class ClaimState(StrEnum):
    """The result of a request for a claim."""

    MINE = "mine"
    """Go on: nobody else works on it."""
    BUSY = "busy"
    """Another process works on it, and its lease has not expired."""
    FINISHED = "finished"
    """It was done."""
    OTHER = "other"
    """It was claimed for other content."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The result of a claim; `accepted_at` is the first claim's, so that a process that takes over makes the same ids."""

    state: ClaimState
    accepted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRequest:
    """A claim to make.

    Args:
        name: what is claimed.
        holder: who claims. The same holder may claim again.
        lease_s: how long nobody else may take it over.
        keep_s: how long it is stored, from its first claim.
        accepted_at: a time to store with it.
        content: a digest of the content that the name belongs to; empty if a name has only one content.

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
        """Claim a name by one conditional write, if it is free."""

    def reserve(self, requests: Sequence[ClaimRequest], now: datetime) -> list[Claim]:
        """Claim names that nobody has claimed, by one conditional write each, several at a time.

        An existing claim does not change, no matter which holder it has and whether its lease has expired.
        """

    def finish(self, name: str) -> None:
        """Mark it as done: nobody does it again."""
