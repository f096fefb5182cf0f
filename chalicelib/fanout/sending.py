"""In which order the attempts of a batch are sent to the delivery queues, and until when.

::

    webhooks without expressions ─▶ owners of the others, by turns: who has spent least work in this batch comes next
                                                                                  └─ time is up ─▶ continuations

Expressions make a step slow, and the work of one owner's expressions is bounded
(`chalicelib.domain.expressions.evaluation`). So the attempts of others wait for one turn of an owner at most. Deliveries for
which there is no time are made by another step.
"""

from __future__ import annotations

from collections import Counter
from heapq import heapify, heappop, heappush
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, NamedTuple

from chalicelib.domain.expressions.evaluation import Allowance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from chalicelib.delivery.ports import DeliveryQueue, Enqueued
    from chalicelib.fanout.pending import PendingDeliveries
    from chalicelib.ports import Clock

_TOGETHER_MAX: Final = 100
"""Attempts that exist at once: each may have a body of its own, of 128 KB."""
_UNSENT_WORK_MAX: Final = 10_000_000
"""Units of work after which attempts are sent although they do not fill a request."""
_LITTLE_WORK: Final = 5_000_000
"""Owners whose units of work differ by less have spent as much as each other."""


class _Turn(NamedTuple):
    """The webhooks of one owner in one step; of owners who have spent the same, the one with the fewest comes first."""

    level: int
    webhooks: int
    number: int
    owner_id: str


class _Buffer:
    """Attempts that wait for others, to fill a request."""

    def __init__(self, send: Callable[[Sequence[Enqueued]], None]) -> None:
        self._send = send
        self._attempts: list[Enqueued] = []
        self._sent_at = 0

    def add(self, attempt: Enqueued | None, work: int) -> None:
        """Add an attempt, if there is one; send all if there are many, or if much work was done since the last sending."""
        if attempt is not None:
            self._attempts.append(attempt)
        if len(self._attempts) >= _TOGETHER_MAX or work - self._sent_at >= _UNSENT_WORK_MAX:
            self.send()
            self._sent_at = work

    def send(self) -> None:
        """Send all."""
        if self._attempts:
            self._send(self._attempts)
        self._attempts = []


class FanOutSending:
    """Sends the first attempts of the deliveries of one batch."""

    def __init__(self, deliveries: DeliveryQueue, clock: Clock, until: datetime, owner_work_max: int) -> None:
        self._deliveries = deliveries
        self._clock = clock
        self._until = until
        self._owner_work_max = owner_work_max
        self._spent: Counter[str] = Counter()
        self._has_sent = False

    @property
    def is_over(self) -> bool:
        """Whether the time of the batch is over; something is always sent first, so that each batch makes progress."""
        return self._has_sent and self._clock.now() >= self._until

    def send_without_expressions(self, pending: Iterable[PendingDeliveries]) -> None:
        """Send to webhooks without expressions, as long as there is time; raise `Unavailable` if the queue refuses."""
        attempts = chain.from_iterable(each.without_expressions() for each in pending)
        while not self.is_over and (some := list(islice(attempts, _TOGETHER_MAX))):
            self._send(some)

    def send_with_expressions(self, pending: Sequence[PendingDeliveries]) -> None:
        """Send to the others, owner by owner, as long as there is time; raise `Unavailable` if the queue refuses."""
        turns = [
            _Turn(self._level(owner_id), count, number, owner_id)
            for number, each in enumerate(pending)
            for owner_id, count in each.owners.items()
        ]
        heapify(turns)
        buffer = _Buffer(self._send)
        while turns and not self.is_over:
            turn = heappop(turns)
            if turn.level < self._level(turn.owner_id):
                heappush(turns, turn._replace(level=self._level(turn.owner_id)))
                continue
            allowance = Allowance(self._owner_work_max)
            for attempt in pending[turn.number].of_owner(turn.owner_id, allowance):
                buffer.add(attempt, self._spent.total() + allowance.spent)
            self._spent[turn.owner_id] += allowance.spent
            self._has_sent = True
        buffer.send()

    def _level(self, owner_id: str) -> int:
        return self._spent[owner_id] // _LITTLE_WORK

    def _send(self, attempts: Sequence[Enqueued]) -> None:
        self._deliveries.send(attempts)
        self._has_sent = True
