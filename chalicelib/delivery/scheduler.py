"""Which attempt of a batch starts next: turns among webhooks, and places in flight. Pure: each time is a parameter.

A batch that fits into the places in flight is started at once. In a larger one the webhooks take turns, and each has only a
few places, so that one that hangs does not keep the others waiting. While the token of a webhook is fetched, its request has
a place and the webhook has no turn.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

RESPONSE_BYTES_MAX: Final = 64_000_000
"""Bytes of responses that a batch holds until its records are written; then nothing more is sent.

A thousand of the largest responses take 400 MB, and their records as much again. Those in flight come on top.
"""

_Attempt = TypeVar("_Attempt")


@dataclass(frozen=True, slots=True)
class Limits:
    """Requests in flight, in all and for each webhook of a batch that does not fit, and how long attempts are started."""

    in_flight_max: int
    in_flight_per_webhook_max: int
    sending_s: float


class Scheduler(Generic[_Attempt]):
    """The attempts of a batch that wait, by webhook, and the places that are taken."""

    def __init__(self, attempts: Mapping[str, Sequence[_Attempt]], limits: Limits, began_at: datetime) -> None:
        count = sum(map(len, attempts.values()))
        self._waiting = {webhook_id: deque(theirs) for webhook_id, theirs in attempts.items() if theirs}
        self._turns = deque(self._waiting)
        self._limits = limits
        self._ends_at = began_at + timedelta(seconds=limits.sending_s)
        self._places_max = limits.in_flight_per_webhook_max if count > limits.in_flight_max else count
        self._places: Counter[str] = Counter()
        self._attempts_in_flight = 0
        self._fetching: set[str] = set()
        self._response_bytes = 0

    @property
    def in_flight(self) -> int:
        """The places that are taken, by attempts and by requests for tokens."""
        return self._attempts_in_flight + len(self._fetching)

    @property
    def has_waiting(self) -> bool:
        """Whether any attempt waits."""
        return bool(self._turns)

    @property
    def waiting_webhooks(self) -> list[str]:
        """The ids of the webhooks for which attempts wait."""
        return list(self._turns)

    def is_waiting(self, webhook_id: str) -> bool:
        """Whether attempts wait for a webhook."""
        return webhook_id in self._waiting

    def waiting(self, webhook_id: str) -> list[_Attempt]:
        """The attempts that wait for a webhook."""
        return list(self._waiting.get(webhook_id, ()))

    def is_over(self, now: datetime) -> bool:
        """Whether nothing more may start: the time is over, or the responses take too much memory."""
        return now >= self._ends_at or self._response_bytes >= RESPONSE_BYTES_MAX

    def next_webhook(self) -> str | None:
        """The webhook whose turn it is, which then comes last; ``None`` if no place is free or no webhook may have one."""
        if self.in_flight >= self._limits.in_flight_max:
            return None
        for _ in range(len(self._turns)):
            webhook_id = self._turns[0]
            self._turns.rotate(-1)
            if self._places[webhook_id] < self._places_max and webhook_id not in self._fetching:
                return webhook_id
        return None

    def start(self, webhook_id: str) -> _Attempt:
        """Give the webhook's next attempt a place."""
        attempt = self._waiting[webhook_id].popleft()
        self._places[webhook_id] += 1
        self._attempts_in_flight += 1
        self._forget_if_empty(webhook_id)
        return attempt

    def end(self, webhook_id: str, response_bytes: int) -> None:
        """Free the place of an attempt."""
        self._places[webhook_id] -= 1
        self._attempts_in_flight -= 1
        self._response_bytes += response_bytes

    def start_token(self, webhook_id: str) -> None:
        """Give the request for a webhook's token a place."""
        self._fetching.add(webhook_id)

    def end_token(self, webhook_id: str) -> None:
        """Free the place of a token request; the webhook has turns again."""
        self._fetching.discard(webhook_id)

    def keep(self, webhook_id: str, is_kept: Callable[[_Attempt], bool]) -> None:
        """Drop the webhook's waiting attempts that are not to be kept."""
        self._waiting[webhook_id] = deque(filter(is_kept, self._waiting[webhook_id]))
        self._forget_if_empty(webhook_id)

    def take_back(self, webhook_id: str) -> list[_Attempt]:
        """Take a webhook's waiting attempts off: it has no more turns."""
        self._turns.remove(webhook_id)
        return list(self._waiting.pop(webhook_id))

    def _forget_if_empty(self, webhook_id: str) -> None:
        if not self._waiting[webhook_id]:
            self.take_back(webhook_id)
