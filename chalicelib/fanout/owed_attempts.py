"""The attempts that a step of a fan-out owes."""

from __future__ import annotations

from collections import deque
from itertools import chain
from typing import TYPE_CHECKING

from chalicelib.delivery import lanes
from chalicelib.domain.expressions.evaluation import Allowance
from chalicelib.fanout import rendering

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from chalicelib.delivery.ports import Enqueued
    from chalicelib.directory.ports import Directory
    from chalicelib.domain.notifications.notification import Notification
    from chalicelib.domain.webhooks.webhook import Webhook


class OwedAttempts:
    """One attempt for each webhook whose filter lets the notification through; each is made when it is asked for, once.

    A step may have a thousand webhooks, each with a transform that makes a body of its own: together they would not fit the
    memory of a function.

    Webhooks without a filter or a transform cost next to nothing and come first (`plain`). The others are grouped by their
    owners, who have an allowance for each notification (`of_owner`): an owner's webhooks always come together and in the
    order of the step, so that the allowance ends at the same one each time.
    """

    def __init__(
        self,
        taken: Notification,
        webhooks: Sequence[Webhook],
        directory: Directory,
        now: datetime,
    ) -> None:
        """Look up people's names, if the bodies need them; raise `Unavailable` where that cannot be."""
        self.made = 0
        self._now = now
        self._bodies = rendering.prepared(taken, directory) if webhooks else None
        self._plain: deque[Webhook] = deque()
        self._owned: dict[str, deque[Webhook]] = {}
        for webhook in webhooks:
            same = self._plain if _is_plain(webhook) else self._owned.setdefault(webhook.owner_id, deque())
            same.append(webhook)

    @property
    def plain_count(self) -> int:
        """How many there may be still for webhooks without expressions."""
        return len(self._plain)

    @property
    def owners(self) -> dict[str, int]:
        """The owners of webhooks with expressions, each with their number."""
        return {owner_id: len(webhooks) for owner_id, webhooks in self._owned.items()}

    @property
    def expressed(self) -> list[str]:
        """The ids of the webhooks with expressions whose attempts are not made."""
        return [webhook.id for webhook in chain.from_iterable(self._owned.values())]

    @property
    def left(self) -> list[str]:
        """The ids of all webhooks whose attempts are not made."""
        return [*(webhook.id for webhook in self._plain), *self.expressed]

    def plain(self) -> Iterator[Enqueued]:
        """Make those for webhooks without expressions, one after the other."""
        return (each for each in self._attempts(self._plain, Allowance()) if each is not None)

    def of_owner(self, owner_id: str, allowance: Allowance) -> Iterator[Enqueued | None]:
        """Make those for one owner's webhooks with expressions, one after the other; ``None`` for one that wants nothing."""
        yield from self._attempts(self._owned[owner_id], allowance)
        del self._owned[owner_id]

    def _attempts(self, webhooks: deque[Webhook], allowance: Allowance) -> Iterator[Enqueued | None]:
        while webhooks:
            webhook = webhooks.popleft()
            attempt = self._bodies.first_attempt(webhook, allowance) if self._bodies is not None else None
            if attempt is None:
                yield None
                continue
            self.made += 1
            yield lanes.enqueued(attempt, webhook.health, self._now)


def _is_plain(webhook: Webhook) -> bool:
    return webhook.filter_expression is None and webhook.transform_expression is None
