"""Deliveries that wait for longer than a queue can delay a message.

A delivery to a webhook whose circuit is open, or whose rate limit has no place in the next minutes, becomes a row of
the table and costs nothing while it is there. Each webhook with such rows has a list with a time. Then, or as soon as the
circuit closes, `chalicelib.services.release` looks at it. Near times travel as delayed messages of the background queue.
The sweep of each minute finds later ones, and lists whose message was lost.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.services import lanes
from chalicelib.services.tasks import ReleaseDeliveries, Task

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.domain.attempt import PendingAttempt
    from chalicelib.services.ports import BackgroundQueue, Clock, WaitingStore

log = logging.getLogger(__name__)

WINDOW_MIN: Final = 10
"""Deliveries that are released first, after a circuit has closed."""
SWEEP_AHEAD_S: Final = 60
"""The sweep takes what is due before the next one."""
_LISTS_MAX: Final = 1_000
"""Lists that one sweep takes; the rest is taken a minute later."""


@dataclass(frozen=True, slots=True)
class Held:
    """An attempt that waits in the table, unsent and uncounted; its webhook's list is looked at by `wake_at`."""

    attempt: PendingAttempt
    wake_at: datetime


class Waiting:
    """Puts deliveries into the table, and has their webhooks looked at."""

    def __init__(self, *, store: WaitingStore, background: BackgroundQueue, clock: Clock) -> None:
        self._store = store
        self._background = background
        self._clock = clock

    def hold(self, held: Sequence[Held]) -> None:
        """Keep attempts; raise `Unavailable` where that may not have been done.

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
        """Have what waits for a webhook looked at now: its circuit has closed."""
        now = self._clock.now()
        if self._store.wake(webhook_id, now):
            self._background.send([wake_up(webhook_id, now, now)])

    def sweep(self) -> int:
        """Send a message for each list that is due before the next sweep; return how many lists that were."""
        now = self._clock.now()
        due = self._store.due(now + timedelta(seconds=SWEEP_AHEAD_S), _LISTS_MAX)
        for webhook_id in due:
            found = self._store.list_of(webhook_id)
            if found is not None and is_near(found.wake_at, now):
                self._background.send([wake_up(webhook_id, found.wake_at, now)])
        return len(due)


def is_near(at: datetime, now: datetime) -> bool:
    """Whether a time comes before the next sweep would find it."""
    return at <= now + timedelta(seconds=SWEEP_AHEAD_S)


def wake_up(webhook_id: str, at: datetime, now: datetime) -> Task:
    """The message that has a list looked at, no sooner than `at`."""
    return Task(ReleaseDeliveries(webhook_id), delay_s=lanes.delay_until(at, now))
