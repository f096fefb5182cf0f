"""Scheduled notifications: delayed on the queue if that is long enough, or else stored in the table.

::

    deliverAt within 15 minutes ── DelaySeconds ──────────────▶ the notify worker again, at its time
    further off ── a row ── the sweep of each minute ── DelaySeconds ──▶ the same

The time of a scheduled notification counts as the time of its acceptance, so its deliveries are in the history at that time,
and every copy of it makes the same ids. There may be copies: rows are sent first and deleted then, and SQS may deliver a
message twice. So it is claimed by its id when it is due (`step_claims`), and fanned out once.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.domain import queue_delay
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.notifications import envelope
from chalicelib.intake.ports import HeldNotification, QueuedNotification

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.notifications.notification import Notification
    from chalicelib.intake.ports import NotificationQueue, NotificationStore
    from chalicelib.ports import Clock

log = logging.getLogger(__name__)

_SWEEP_AHEAD_S: Final = 60
"""A sweep sends what is due before the next one, with a delay to the second."""
_CHUNK: Final = 50
"""Notifications in memory during a sweep, of up to 128 KB each."""


def check_ahead(taken: Notification, days: int) -> None:
    """Raise `InvalidInput` for a notification that is scheduled too far ahead."""
    if taken.deliver_at is not None and taken.deliver_at > taken.accepted_at + timedelta(days=days):
        problem = f"it may be at most {days} days ahead (DELIVER_AHEAD_DAYS)"
        message = f"The notification's deliverAt is not valid: {problem}."
        raise InvalidInput(message, {"deliverAt": problem})


class Deferral:
    """Schedules notifications, and sends those that are due."""

    def __init__(
        self,
        *,
        queue: NotificationQueue,
        held: NotificationStore,
        clock: Clock,
        sweep_s: float,
    ) -> None:
        self._queue = queue
        self._held = held
        self._clock = clock
        self._sweep_s = sweep_s

    def defers(self, taken: Notification, text: str) -> bool:
        """Schedule it if it is not due."""
        now = self._clock.now()
        if taken.deliver_at is None or taken.deliver_at <= now:
            return False
        held = HeldNotification(taken.id, taken.deliver_at, text, taken.producer, taken.depth)
        if (taken.deliver_at - now).total_seconds() <= queue_delay.DELAY_MAX_S:
            self._queue.send([_delayed(held, now)])
        else:
            self._held.schedule(held)
        log.info("notification.put_off", extra={"notification_id": taken.id, "deliver_at": taken.deliver_at.isoformat()})
        return True

    def sweep(self) -> int:
        """Send those that are due before the next sweep; return their number.

        They are sent first and deleted then: none is lost.
        """
        started_at, swept = self._clock.now(), 0
        while (now := self._clock.now()) - started_at < timedelta(seconds=self._sweep_s):
            due = self._held.due(now + timedelta(seconds=_SWEEP_AHEAD_S), _CHUNK)
            if not due:
                break
            self._queue.send([_delayed(each, now) for each in due])
            self._held.settle(due)
            swept += len(due)
        log.info("scheduled.swept", extra={"notifications": swept})
        return swept


def _delayed(held: HeldNotification, now: datetime) -> QueuedNotification:
    attributes = envelope.identity(held.id, held.at, held.producer, held.depth)
    return QueuedNotification(held.text, attributes, queue_delay.delay_until(held.at, now))
