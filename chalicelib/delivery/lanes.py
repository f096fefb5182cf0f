"""Which queue an attempt waits on, and for how long."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.delivery.ports import Enqueued, Lane
from chalicelib.domain.delivery.attempt import PendingAttempt, Trigger

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.webhooks.health import Health


def lane_of(attempt: PendingAttempt, health: Health, now: datetime) -> Lane:
    """The fast lane is for first attempts to webhooks in good health, and for people who wait.

    A first attempt that has nothing to send, since its webhook's filter or transform failed, keeps nobody waiting.
    """
    if attempt.trigger is Trigger.NOTIFICATION and attempt.problem is not None:
        return Lane.SLOW
    if attempt.trigger in {Trigger.SCHEDULE, Trigger.RECOVERY} or health.is_slow(now):
        return Lane.SLOW
    return Lane.FAST


def enqueued(attempt: PendingAttempt, health: Health, now: datetime) -> Enqueued:
    """A fresh attempt on its lane. Whether it has to wait is decided there, for all attempts in one place."""
    return Enqueued(attempt, lane_of(attempt, health, now))


def placed(attempt: PendingAttempt, slot_at: datetime | None) -> PendingAttempt:
    """The attempt with the place in time that a rate limit has for it."""
    return replace(attempt, slot_at=slot_at)
