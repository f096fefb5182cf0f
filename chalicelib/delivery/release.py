"""Releases waiting deliveries: the oldest go back to the slow lane, as many as the webhook can take.

::

    circuit open        check again at the time of the next probe
    circuit half open   release one, which becomes the probe; check again when the next probe would be due
    circuit closed      release a window of the oldest, twice as many each time: 10, 20, 40, … 1,000, every few seconds;
                        with a rate limit, as many as have slots in the next 15 minutes

A step moves the list before it releases anything. So if there are two messages for one list, the second finds it moved.
Attempts are sent first and removed then. If the process dies in between, they are sent again with the same hops, and the
deliver worker looks up the records of attempts with hops.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.background.tasks import ReleaseDeliveries, Task
from chalicelib.delivery import lanes
from chalicelib.delivery.ports import Enqueued, Lane
from chalicelib.delivery.waiting import WINDOW_MIN, is_near
from chalicelib.domain import queue_delay
from chalicelib.domain.delivery.hops import NONE as NO_HOPS
from chalicelib.domain.webhooks.health import Circuit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.background.ports import BackgroundQueue
    from chalicelib.delivery.ports import DeliveryQueue, WaitingList, WaitingStore
    from chalicelib.domain.delivery.attempt import PendingAttempt
    from chalicelib.domain.delivery.hops import Hops
    from chalicelib.domain.webhooks.health import HealthPolicy
    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.ports import Clock
    from chalicelib.webhooks.ports import WebhookStore

log = logging.getLogger(__name__)

LEASE_S: Final = 120
"""How long a step locks its list: longer than its function may run."""
WINDOW_MAX: Final = 1_000
SLOW_WINDOW_MAX: Final = 100
"""The largest window of a webhook that answers slowly."""
PACE_S: Final = 5
"""Time between two windows: a webhook that cannot take one has opened its circuit by then."""
_CHUNK: Final = 100
"""Attempts in memory at once."""
_LIMITED_AHEAD_S: Final = 870
_LIMITED_CHUNK_S: Final = 30
"""With a rate limit, slots are reserved for so many seconds at once: together no further ahead than a queue can delay."""
_LIMITED_WAKE_S: Final = 300
"""If all slots of the next minutes are taken, check again after this time."""
PROBE_DELAY_S: Final = 5
"""A released probe stays on its queue for this long, so that a worker with a late clock sees the circuit half open too.

Otherwise it would put the probe back, and the list would wait for another period.
"""
_EARLY_S: Final = 4
"""A message may arrive this early: queues delay by whole seconds, and clocks differ.

It is less than `PACE_S`: if there are two messages for one list, the second finds it moved by more. A message that arrives
earlier is dropped, and the list waits for the sweep, a minute or two.
"""


class Release:
    """Releases the waiting deliveries of a webhook."""

    def __init__(
        self,
        *,
        waiting: WaitingStore,
        store: WebhookStore,
        deliveries: DeliveryQueue,
        background: BackgroundQueue,
        clock: Clock,
        policy: HealthPolicy,
        release_s: float,
    ) -> None:
        self._waiting = waiting
        self._store = store
        self._deliveries = deliveries
        self._background = background
        self._clock = clock
        self._policy = policy
        self._release_s = release_s

    def step(self, webhook_id: str, hops: Hops = NO_HOPS) -> None:
        """Check a webhook's list, if it is due, and set the time of the next check."""
        now = self._clock.now()
        found = self._waiting.list_of(webhook_id)
        if found is None or found.wake_at > now + timedelta(seconds=_EARLY_S):
            return
        taken = self._waiting.move(found, now + timedelta(seconds=LEASE_S), found.window)
        if taken is None:
            return
        webhook = self._store.get(webhook_id)
        if webhook is None or not webhook.is_live:
            self._drop(taken, hops)
            return
        match webhook.health.circuit(now):
            case Circuit.OPEN:
                self._look_again(taken, webhook.health.called_again_at or now, hops)
            case Circuit.HALF_OPEN:
                released = self._released(webhook_id, 1, PROBE_DELAY_S)
                wait_s = webhook.health.next_wait_s(self._policy)
                self._go_on(taken, released == 0, now + timedelta(seconds=wait_s), WINDOW_MIN, hops)
            case Circuit.CLOSED if webhook.rate_limit_per_s is None:
                self._by_window(taken, webhook, hops)
            case Circuit.CLOSED:
                self._by_limit(taken, webhook, webhook.rate_limit_per_s or 1, hops)

    def _by_window(self, taken: WaitingList, webhook: Webhook, hops: Hops) -> None:
        released = self._released(taken.webhook_id, taken.window)
        now = self._clock.now()
        most = SLOW_WINDOW_MAX if webhook.health.is_slow(now) else WINDOW_MAX
        window = max(WINDOW_MIN, min(2 * taken.window, most))
        self._go_on(taken, released < taken.window, now + timedelta(seconds=PACE_S), window, hops)

    def _by_limit(self, taken: WaitingList, webhook: Webhook, rate_per_s: float, hops: Hops) -> None:
        """Release the oldest with slots, until those of the next minutes are taken, or time is up."""
        started_at, size = self._clock.now(), max(1, min(_CHUNK, int(rate_per_s * _LIMITED_CHUNK_S)))
        wake_s: float = 0
        while self._clock.now() - started_at < timedelta(seconds=self._release_s):
            oldest = self._waiting.oldest(taken.webhook_id, size)
            if not oldest:
                break
            now = self._clock.now()
            until = now + timedelta(seconds=_LIMITED_AHEAD_S)
            slot_at = self._store.reserve_slots(webhook.id, len(oldest), 1 / rate_per_s, now, until)
            if slot_at is None:
                wake_s = _LIMITED_WAKE_S
                break
            self._send(oldest, [slot_at + timedelta(seconds=number / rate_per_s) for number in range(len(oldest))])
        self._go_on(taken, wake_s == 0, self._clock.now() + timedelta(seconds=wake_s), taken.window, hops)

    def _released(self, webhook_id: str, count: int, delay_s: int = 0) -> int:
        """Release the oldest, in chunks, until there are no more, or time is up; return how many were released."""
        started_at, released = self._clock.now(), 0
        while released < count and self._clock.now() - started_at < timedelta(seconds=self._release_s):
            oldest = self._waiting.oldest(webhook_id, min(_CHUNK, count - released))
            if not oldest:
                break
            self._send(oldest, [None] * len(oldest), delay_s)
            released += len(oldest)
        return released

    def _send(self, attempts: Sequence[PendingAttempt], slots: Sequence[datetime | None], delay_s: int = 0) -> None:
        """Send attempts to the slow lane, for their slots or after a delay; then remove their rows."""
        now = self._clock.now()
        self._deliveries.send(
            [
                Enqueued(lanes.with_slot(each, slot_at), Lane.SLOW, max(delay_s, queue_delay.delay_until(slot_at, now)))
                for each, slot_at in zip(attempts, slots, strict=True)
            ]
        )
        self._waiting.remove(attempts)
        log.info("delivery.released", extra={"webhook_id": attempts[0].webhook_id, "attempts": len(attempts)})

    def _go_on(self, taken: WaitingList, may_be_empty: bool, at: datetime, window: int, hops: Hops) -> None:  # noqa: FBT001 - a fact
        """Close the list if nothing waits any more; else check it again at that time."""
        if may_be_empty and not self._waiting.oldest(taken.webhook_id, 1) and self._waiting.close(taken):
            return
        self._look_again(taken, at, hops, window)

    def _look_again(self, taken: WaitingList, at: datetime, hops: Hops, window: int = WINDOW_MIN) -> None:
        """Move the list, and send its next message, if its time is within what a queue can delay.

        A process that woke the list meanwhile has sent its own message.
        """
        now = self._clock.now()
        if self._waiting.move(taken, at, window) is not None and is_near(at, now):
            next_hops = hops.next(now)
            self._background.send([Task(ReleaseDeliveries(taken.webhook_id), next_hops, queue_delay.delay_until(at, now))])

    def _drop(self, taken: WaitingList, hops: Hops) -> None:
        """Remove what waits for a webhook that is deleted, paused or disabled; its queued attempts are dropped too."""
        started_at, dropped = self._clock.now(), 0
        while count := self._waiting.purge(taken.webhook_id, _CHUNK):
            dropped += count
            if self._clock.now() - started_at >= timedelta(seconds=self._release_s):
                self._look_again(taken, self._clock.now(), hops)
                break
        log.info("delivery.dropped", extra={"webhook_id": taken.webhook_id, "attempts": dropped})
