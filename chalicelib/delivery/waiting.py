"""Deliveries that wait longer than a queue can delay a message.

A delivery to a webhook whose circuit is open, or whose rate limit has no slot in the next minutes, becomes a row of the
table and costs nothing while it is there. Each webhook with such rows has a list with a time. At that time, or as soon as
the circuit closes, `chalicelib.delivery.release` checks it. If the time is within 15 minutes, the list has a delayed message
on the background queue. The sweep of each minute finds later lists, and lists whose message was lost.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.background.tasks import ReleaseDeliveries, Task
from chalicelib.domain import queue_delay

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.background.ports import BackgroundQueue
    from chalicelib.delivery.ports import WaitingStore
    from chalicelib.domain.delivery.attempt import PendingAttempt
    from chalicelib.ports import Clock

log = logging.getLogger(__name__)

WINDOW_MIN: Final = 10
"""Deliveries that are released first, after a circuit has closed."""
OVERDUE_S: Final = 60
"""If a list is overdue by this much, it has no message: the message was lost, or the time was too far off for one."""
_LISTS_MAX: Final = 1_000
"""Lists of one sweep; the next sweep, a minute later, takes the others."""


@dataclass(frozen=True, slots=True)
class Held:
    """An attempt that waits in the table, unsent and uncounted; its webhook's list is checked by `wake_at`."""

    attempt: PendingAttempt
    wake_at: datetime


class Waiting:
    """Puts deliveries into the table, and has their lists checked."""

    def __init__(self, *, store: WaitingStore, background: BackgroundQueue, clock: Clock) -> None:
        self._store = store
        self._background = background
        self._clock = clock

    def hold(self, held: Sequence[Held]) -> None:
        """Store attempts; raise `Unavailable` if that may not have been done.

        If the process dies before the message of a new list is sent, the sweep finds the list.
        """
        if not held:
            return
        now = self._clock.now()
        wake_at: dict[str, datetime] = {}
        for each in held:
            webhook_id = each.attempt.webhook_id
            wake_at[webhook_id] = min(each.wake_at, wake_at.get(webhook_id, each.wake_at))
        fresh = self._store.hold([each.attempt.put_back(now) for each in held], wake_at, WINDOW_MIN)
        self._background.send([wake_up(each, wake_at[each], now) for each in fresh if is_near(wake_at[each], now)])
        log.info("delivery.held", extra={"attempts": len(held), "webhooks": len(wake_at)})

    def wake(self, webhook_id: str) -> None:
        """Have a webhook's list checked now: its circuit has closed."""
        now = self._clock.now()
        if self._store.wake(webhook_id, now):
            self._background.send([wake_up(webhook_id, now, now)])

    def sweep(self) -> int:
        """Send a message for each list that is overdue; return how many there were."""
        now = self._clock.now()
        overdue = self._store.due(now - timedelta(seconds=OVERDUE_S), _LISTS_MAX)
        self._background.send([wake_up(webhook_id, now, now) for webhook_id in overdue])
        return len(overdue)


def is_near(at: datetime, now: datetime) -> bool:
    """Whether a queue can delay a message until then."""
    return at <= now + timedelta(seconds=queue_delay.DELAY_MAX_S)


def wake_up(webhook_id: str, at: datetime, now: datetime) -> Task:
    """The message that has a list checked, no sooner than `at`."""
    return Task(ReleaseDeliveries(webhook_id), delay_s=queue_delay.delay_until(at, now))
