"""Which queue an attempt waits on, and for how long."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from chalicelib.domain.attempt import PendingAttempt, Trigger
from chalicelib.services.ports import Enqueued, Lane

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.health import Health

DELAY_MAX_S: Final = 900
"""What SQS allows as DelaySeconds; longer waits are taken in several steps, or wait in the due index."""


def lane_of(attempt: PendingAttempt, health: Health, now: datetime) -> Lane:
    """The fast lane is for first attempts to webhooks in good health, and for people who wait."""
    if attempt.trigger in {Trigger.SCHEDULE, Trigger.RECOVERY} or health.is_slow(now):
        return Lane.SLOW
    return Lane.FAST


def delay_until(at: datetime | None, now: datetime) -> int:
    """Whole seconds to wait on the queue for `at`, as far as the queue can; never early by more than the cut."""
    if at is None:
        return 0
    return max(0, min(math.ceil((at - now).total_seconds()), DELAY_MAX_S))


def enqueued(attempt: PendingAttempt, health: Health, now: datetime) -> Enqueued:
    """A fresh attempt on its lane; behind an open circuit it waits at once, without a turn through a worker."""
    lane = lane_of(attempt, health, now)
    waits = None if attempt.trigger.is_awaited else health.probe_at
    return Enqueued(attempt, lane, delay_until(waits, now))
