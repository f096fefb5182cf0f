"""The queues of attempts, the store of waiting deliveries, and the HTTP sender.

Every method may raise `chalicelib.domain.errors.Unavailable` if the store or the queue refuses for now: then nothing,
or only a harmless part, was done, and the caller repeats the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from chalicelib.domain.delivery.attempt import Exchange, OutboundRequest, PendingAttempt
    from chalicelib.ports import Queue


@dataclass(frozen=True, slots=True)
class WaitingList:
    """The list of one webhook's waiting deliveries.

    Args:
        webhook_id: the webhook.
        wake_at: when it is checked next.
        window: how many deliveries are released then.
        version: changes with each move of the list.
        holds: changes whenever deliveries are added.

    """

    webhook_id: str
    wake_at: datetime
    window: int
    version: int
    holds: int


class WaitingStore(Protocol):
    """Deliveries that wait in the table until their webhook can take them, oldest first."""

    def hold(self, attempts: Sequence[PendingAttempt], wake_at: Mapping[str, datetime], window: int) -> set[str]:
        """Store attempts, then make sure that each of their webhooks has a list; return the webhooks whose list is new.

        An existing list keeps its time and its window. Holding the same attempts again changes nothing.
        """

    def list_of(self, webhook_id: str) -> WaitingList | None:
        """The list of a webhook as it is now (strongly consistent); ``None`` if nothing waits."""

    def oldest(self, webhook_id: str, limit: int) -> list[PendingAttempt]:
        """The attempts of the oldest deliveries (strongly consistent)."""

    def remove(self, attempts: Sequence[PendingAttempt]) -> None:
        """Remove attempts that were sent to a queue. One that was held again since then, with more hops, stays."""

    def due(self, by: datetime, limit: int) -> list[str]:
        """Ids of webhooks whose lists are due by then; the index may lag."""

    def move(self, old: WaitingList, wake_at: datetime, window: int) -> WaitingList | None:
        """Give a list another time and window; ``None`` if another process has moved it since it was read."""

    def wake(self, webhook_id: str, at: datetime) -> bool:
        """Have a list checked then, whatever time it had; ``False`` if there is none."""

    def close(self, old: WaitingList) -> bool:
        """Remove an empty list; ``False`` if it was moved, or something was added, since it was read."""

    def forget(self, webhook_id: str, delivery_id: str) -> None:
        """Remove the waiting attempts of one delivery."""

    def purge(self, webhook_id: str, limit: int) -> int:
        """Remove up to `limit` waiting attempts of a webhook, and with the last one the list; return how many."""


class Lane(StrEnum):
    """The two delivery queues."""

    FAST = "fast"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class Enqueued:
    """An attempt on its way to a lane, visible there after `delay_s` (0 to 900 whole seconds)."""

    attempt: PendingAttempt
    lane: Lane
    delay_s: int = 0


DeliveryQueue: TypeAlias = "Queue[Enqueued]"
"""The two lanes."""


_Flight = TypeVar("_Flight")
"""What a request is for (`chalicelib.delivery.flights`): the sender returns it as it was given."""


class Dispatch(Protocol[_Flight]):
    """The sender's callback: it supplies the next request, and is called when each request ends. It decides the order."""

    @property
    def late_after_s(self) -> float:
        """Seconds after which a request that is still in flight is late."""

    def next(self) -> tuple[_Flight, OutboundRequest] | None:
        """A request to start now, and what it is for; ``None`` if there is none before another one ends."""

    def late(self, flight: _Flight) -> None:
        """A request is late: called once, before its end."""

    def done(self, flight: _Flight, exchange: Exchange) -> None:
        """A request has ended."""


class HttpSender(Protocol):
    """Sends requests to addresses that nobody trusts."""

    def exchange_all(self, dispatch: Dispatch[_Flight]) -> None:
        """Start the requests that `dispatch` supplies, all at once; return when none is in flight and none is left.

        Each request ends by its own deadline, whatever the receiver does. `next` is called again after each `done`.
        """
