"""Webhooks in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from chalicelib.codec.messages import webhook_from_text, webhook_to_text
from chalicelib.domain.notifications import matching, notification_types
from testbed.fakes.directory import FakeDirectory
from testbed.fakes.notification_types import FakeNotificationTypes

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from chalicelib.domain.directory.preconditions import Standing
    from chalicelib.domain.notifications.matching import Subscription
    from chalicelib.domain.webhooks.health import Health
    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.webhooks.ports import SweepPlace


_read = lru_cache(maxsize=4_096)(webhook_from_text)
"""Caches parsed webhooks. Webhooks are frozen, so they can be returned again."""


class FakeWebhooks:
    """Keeps webhooks as text, so that no object is shared with the caller."""

    def __init__(self, directory: FakeDirectory | None = None) -> None:
        self._directory = directory or FakeDirectory()
        self.types = FakeNotificationTypes(self._directory)
        """Notification types are in the same table, so each store can see what the other has written."""
        self._webhooks: dict[str, str] = {}
        self._rows: set[tuple[Subscription, str]] = set()
        self._slots: dict[str, datetime] = {}
        self._notes: dict[str, tuple[datetime, str]] = {}
        self.counts: dict[str, tuple[int, datetime]] = {}
        """The number of an owner's webhooks, and when it last changed."""
        self._place: SweepPlace | None = None

    def create(self, webhook: Webhook, held: Sequence[Standing] = (), owned_max: int | None = None) -> bool:
        if webhook.id in self._webhooks:
            return True
        self._directory.require(held)
        if owned_max is not None and self._owned(webhook.owner_id) >= owned_max:
            return False
        self._rows |= self._expanded(webhook)
        self._webhooks[webhook.id] = webhook_to_text(webhook)
        if owned_max is not None:
            self.counts[webhook.owner_id] = (self._owned(webhook.owner_id) + 1, webhook.created_at)
        return True

    def _owned(self, owner_id: str) -> int:
        """The count, initially from the existing webhooks."""
        counted = sum(each.owner_id == owner_id for each in self._all())
        return self.counts.setdefault(owner_id, (counted, datetime.min.replace(tzinfo=UTC)))[0]

    def get(self, webhook_id: str) -> Webhook | None:
        text = self._webhooks.get(webhook_id)
        return None if text is None else _read(text)

    def get_many(self, webhook_ids: Collection[str]) -> dict[str, Webhook]:
        found = {webhook_id: self.get(webhook_id) for webhook_id in webhook_ids}
        return {webhook_id: webhook for webhook_id, webhook in found.items() if webhook is not None}

    def update(self, old: Webhook, new: Webhook, held: Sequence[Standing] = ()) -> bool:
        self._directory.require(held)
        kept = self.get(old.id)
        if kept is None or kept.version != old.version:
            return kept is not None and replace(kept, health=new.health) == new
        health = kept.health if new.health == old.health else new.health
        self._webhooks[old.id] = webhook_to_text(replace(new, health=health))
        outdated = matching.outdated(self._expanded_rows(old), matching.subscriptions(new))
        self._rows = (self._rows - {(row, old.id) for row in outdated}) | self._expanded(new)
        return True

    def disable(self, old: Webhook, new: Webhook) -> bool:
        kept = self._as_seen(old)
        if kept is None:
            return False
        disabled = replace(kept, disabled_reason=new.disabled_reason, updated_at=new.updated_at, version=new.version)
        self._webhooks[old.id] = webhook_to_text(disabled)
        return True

    def update_health(self, seen: Webhook, new: Health) -> bool:
        kept = self._as_seen(seen)
        if kept is None:
            return False
        self._webhooks[seen.id] = webhook_to_text(replace(kept, health=new))
        return True

    def _as_seen(self, seen: Webhook) -> Webhook | None:
        kept = self.get(seen.id)
        return kept if kept is not None and (kept.version, kept.health) == (seen.version, seen.health) else None

    def reserve_slots(
        self, webhook_id: str, count: int, interval_s: float, now: datetime, until: datetime
    ) -> datetime | None:
        if webhook_id not in self._webhooks:
            return now
        first = max(now, self._slots.get(webhook_id, now))
        if first > max(now, until):
            return None
        self._slots[webhook_id] = first + timedelta(seconds=count * interval_s)
        return first

    def delete(self, webhook: Webhook, now: datetime, held: Sequence[Standing] = ()) -> None:
        if webhook.id not in self._webhooks:
            return
        self._directory.require(held)
        if webhook.owner_id in self.counts:
            self.counts[webhook.owner_id] = (self._owned(webhook.owner_id) - 1, now)
        self._webhooks.pop(webhook.id)
        self._slots.pop(webhook.id, None)
        self._notes[webhook.id] = (now, webhook_to_text(webhook.without_secrets()))

    def page(self, owner_id: str | None, after: str | None, limit: int) -> list[Webhook]:
        wanted = (webhook for webhook in self._all() if owner_id in {None, webhook.owner_id} and webhook.id > (after or ""))
        return list(wanted)[:limit]

    def count_of(self, owner_id: str, at_most: int) -> int:
        return min(at_most, sum(webhook.owner_id == owner_id for webhook in self._all()))

    def recount(self, owner_id: str, settled_before: datetime, now: datetime) -> bool:
        kept, changed_at = self.counts.get(owner_id, (0, settled_before))
        counted = sum(each.owner_id == owner_id for each in self._all())
        if changed_at >= settled_before or counted == kept:
            return False
        self.counts[owner_id] = (counted, now)
        return True

    def sweep_place(self) -> SweepPlace | None:
        return self._place

    def move_sweep(self, place: SweepPlace) -> None:
        self._place = place

    def matching(self, source: Subscription, after: str | None, limit: int) -> list[str]:
        return sorted(webhook_id for row, webhook_id in self._rows if row == source and webhook_id > (after or ""))[:limit]

    def subscribed(self, audience: str, at_most: int) -> dict[str, list[str]] | None:
        found: dict[str, list[str]] = {}
        for row, webhook_id in sorted(self._rows):
            if row.audience == audience and not row.is_prefix:
                found.setdefault(row.notification_type, []).append(webhook_id)
        return found if sum(map(len, found.values())) <= at_most else None

    def subscribe(self, notification_type: str) -> None:
        for row, webhook_id in list(self._rows):
            self._rows |= {(each, webhook_id) for each in matching.expanded([row], [notification_type])}

    def unpurged(self, noted_before: datetime, limit: int) -> list[Webhook]:
        found = [_read(text) for _, (at, text) in sorted(self._notes.items()) if at < noted_before]
        return found[:limit]

    def renew_purge(self, webhook: Webhook, now: datetime) -> bool:
        if webhook.id not in self._notes:
            return False
        self._notes[webhook.id] = (now, self._notes[webhook.id][1])
        return True

    def purged(self, webhook: Webhook) -> None:
        self._rows -= self._expanded(webhook)
        self._notes.pop(webhook.id, None)

    def _all(self) -> list[Webhook]:
        return [_read(text) for _, text in sorted(self._webhooks.items())]

    def _expanded(self, webhook: Webhook) -> set[tuple[Subscription, str]]:
        return {(row, webhook.id) for row in self._expanded_rows(webhook)}

    def _expanded_rows(self, webhook: Webhook) -> frozenset[Subscription]:
        names = [*notification_types.NAMES, *(entry.name for entry in self.types.page(None, 10_000))]
        return matching.expanded(matching.subscriptions(webhook), names)
