"""The deliveries of a step that are not made yet."""

from __future__ import annotations

from collections import deque
from itertools import chain
from typing import TYPE_CHECKING

from chalicelib.delivery import lanes
from chalicelib.domain.expressions.evaluation import Allowance

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from chalicelib.delivery.ports import Enqueued
    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.fanout.rendering import Rendering


class PendingDeliveries:
    """One delivery for each webhook whose filter lets the notification through.

    A first attempt is made when it is asked for, once. A step may have a thousand webhooks, each with a transform that makes
    a body of its own: together they would not fit the memory of a function.

    Webhooks without a filter or a transform cost next to nothing and come first (`without_expressions`). The others are
    grouped by their owners, who have an allowance for each notification (`of_owner`). An owner's webhooks always come
    together and in the order of the step, so that the allowance ends at the same one each time.
    """

    def __init__(self, webhooks: Sequence[Webhook], rendering: Rendering | None, now: datetime) -> None:
        self.made = 0
        self._now = now
        self._rendering = rendering
        self._without_expressions: deque[Webhook] = deque()
        self._by_owner: dict[str, deque[Webhook]] = {}
        for webhook in webhooks:
            has_expressions = webhook.filter_expression is not None or webhook.transform_expression is not None
            same = self._by_owner.setdefault(webhook.owner_id, deque()) if has_expressions else self._without_expressions
            same.append(webhook)

    @property
    def owners(self) -> dict[str, int]:
        """The owners of webhooks with expressions, each with their number."""
        return {owner_id: len(webhooks) for owner_id, webhooks in self._by_owner.items()}

    @property
    def with_expressions(self) -> list[str]:
        """The ids of the webhooks with expressions whose deliveries are not made yet."""
        return [webhook.id for webhook in chain.from_iterable(self._by_owner.values())]

    @property
    def left(self) -> list[str]:
        """The ids of all webhooks whose deliveries are not made yet."""
        return [*(webhook.id for webhook in self._without_expressions), *self.with_expressions]

    def without_expressions(self) -> Iterator[Enqueued]:
        """Make the first attempts for webhooks without expressions, one after the other."""
        return (each for each in self._attempts(self._without_expressions, Allowance()) if each is not None)

    def of_owner(self, owner_id: str, allowance: Allowance) -> Iterator[Enqueued | None]:
        """Make those for one owner's webhooks with expressions; ``None`` if a filter drops the notification."""
        yield from self._attempts(self._by_owner[owner_id], allowance)
        del self._by_owner[owner_id]

    def _attempts(self, webhooks: deque[Webhook], allowance: Allowance) -> Iterator[Enqueued | None]:
        while webhooks:
            webhook = webhooks.popleft()
            attempt = None if self._rendering is None else self._rendering.first_attempt(webhook, allowance)
            if attempt is None:
                yield None
                continue
            self.made += 1
            yield lanes.enqueued(attempt, webhook.health, self._now)
