"""Which of the two delivery queues an attempt is put on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.delivery.ports import Enqueued, Lane
from chalicelib.domain.delivery.attempt import PendingAttempt, Trigger

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.webhooks.health import Health


def lane_of(attempt: PendingAttempt, health: Health, now: datetime) -> Lane:
    """The fast lane is for first attempts to healthy webhooks, and for attempts that a person waits for.

    Nobody waits for a first attempt that has nothing to send because a filter or transform failed.
    """
    if attempt.trigger is Trigger.NOTIFICATION and attempt.problem is not None:
        return Lane.SLOW
    if attempt.trigger in {Trigger.SCHEDULE, Trigger.RECOVERY} or health.is_slow(now):
        return Lane.SLOW
    return Lane.FAST


def enqueued(attempt: PendingAttempt, health: Health, now: datetime) -> Enqueued:
    """A new attempt on its lane. The deliver worker decides whether it has to wait."""
    return Enqueued(attempt, lane_of(attempt, health, now))


def with_slot(attempt: PendingAttempt, slot_at: datetime | None) -> PendingAttempt:
    """The attempt with the slot that a rate limit has reserved for it."""
    return replace(attempt, slot_at=slot_at)
