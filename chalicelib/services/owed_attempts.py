"""The attempts that a step of a fan-out owes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.delivery import first_attempt
from chalicelib.services import lanes, rendering

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from chalicelib.domain.notification import Notification
    from chalicelib.domain.webhook import Webhook
    from chalicelib.services.ports import Directory, Enqueued


class OwedAttempts:
    """One attempt for each webhook whose filter lets the notification through; each is made when it is asked for.

    A step may have a thousand webhooks, each with a transform that makes a body of its own: together they would not fit the
    memory of a function. `made` counts the attempts of the last time that they were asked for.
    """

    def __init__(self, taken: Notification, webhooks: Sequence[Webhook], directory: Directory, now: datetime) -> None:
        """Look up people's names, if the bodies need them; raise `Unavailable` where that cannot be."""
        self.made = 0
        self._taken = taken
        self._webhooks = webhooks
        self._now = now
        self._bodies = rendering.prepared(taken, directory) if webhooks else None

    def __len__(self) -> int:
        """How many there may be."""
        return len(self._webhooks)

    def __iter__(self) -> Iterator[Enqueued]:
        """Make them, one after the other."""
        self.made = 0
        for webhook in self._webhooks:
            rendered = self._bodies.of(webhook) if self._bodies is not None else None
            if rendered is not None:
                self.made += 1
                attempt = first_attempt(self._taken, webhook.id, rendered.body, rendered.problem)
                yield lanes.enqueued(attempt, webhook.health, self._now)
