"""The webhooks table."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.adapters.aws import ConditionFailed
from chalicelib.adapters.dynamodb import (
    batches,
    counts,
    purge_item,
    standings,
    subscription_item,
    webhook_changes,
    webhook_item,
)
from chalicelib.adapters.dynamodb.bounds import HIGHEST, LOWEST
from chalicelib.adapters.dynamodb.subscription_rows import SubscriptionRows
from chalicelib.adapters.dynamodb.table import Condition, Query, Table
from chalicelib.adapters.dynamodb.webhook_secrets import PLAIN
from chalicelib.domain.directory.preconditions import StandingLost
from chalicelib.domain.notifications.matching import outdated, subscriptions

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.adapters.dynamodb.values import Item
    from chalicelib.adapters.dynamodb.webhook_secrets import SecretBox
    from chalicelib.domain.directory.preconditions import Standing
    from chalicelib.domain.notifications.matching import Subscription
    from chalicelib.domain.webhooks.health import Health
    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.webhooks.ports import SweepPlace

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_IS_NEW: Final = Condition("attribute_not_exists(#pk)")
_IS_THERE: Final = Condition("attribute_exists(#pk)")
_PUT: Final = 0
_COUNT_ALONE: Final = frozenset({1})
"""Numbers of steps of the transaction that creates a webhook."""
_COUNTS_MAX: Final = 5
"""Tries to create a webhook while its owner's first count is written."""
_COUNTED_MAX: Final = 100_000
"""More webhooks than an owner can have: WEBHOOKS_PER_USER_MAX is at most 10,000."""
_HAS_FREE_SLOT: Final = "attribute_exists(#pk) AND (attribute_not_exists(#slot_at) OR #slot_at < :now)"


class DynamoWebhooks:
    """Webhooks, their subscription rows, and the notes on deleted ones, in one table.

    Writes on behalf of a person are transactions with conditions on users in the directory table.
    """

    def __init__(self, client: DynamoDBClient, table: str, box: SecretBox = PLAIN, *, directory_table: str) -> None:
        self._box = box
        self._table = Table(client, table)
        self._directory = Table(client, directory_table)
        self._rows = SubscriptionRows(self._table)

    def create(self, webhook: Webhook, held: Sequence[Standing] = (), owned_max: int | None = None) -> bool:
        """Write the rows of a new webhook, then the webhook: a transaction may not take that many rows.

        ::

            rows ─▶ webhook, owner's count + 1, the owner has not changed since the read ─▶ made
                    └─ one of the conditions does not hold ─▶ nothing is written ─▶ the rows are removed
        """
        item = webhook_item.encode(webhook, self._box)
        self._rows.add(webhook, subscriptions(webhook))
        try:
            is_made = self._is_put(webhook, item, held, owned_max)
        except StandingLost:
            self._rows.remove(webhook, subscriptions(webhook))
            raise
        if not is_made:
            self._rows.remove(webhook, subscriptions(webhook))
        return is_made

    def get(self, webhook_id: str) -> Webhook | None:
        """The webhook (strongly consistent)."""
        item = self._table.get(webhook_item.key(webhook_id))
        return None if item is None else webhook_item.decode(item, self._box)

    def get_many(self, webhook_ids: Collection[str]) -> dict[str, Webhook]:
        """The webhooks that exist, by id."""
        items = batches.read(self._table, [webhook_item.key(each) for each in dict.fromkeys(webhook_ids)])
        return {webhook.id: webhook for webhook in (webhook_item.decode(item, self._box) for item in items)}

    def update(self, old: Webhook, new: Webhook, held: Sequence[Standing] = ()) -> bool:
        """Change all but the health: first write the new rows, then the webhook, then remove the old rows.

        Two concurrent changes: A drops a row, and B, which is later, adds it again::

            A: webhook v1 → v2 ─────────────────────────────────▶ removes the row if its version ≤ 2: it stays
            B:                   writes the row at v3 ─▶ webhook v2 → v3

        A leftover row does no harm: it only proposes a webhook, which then does not match the notification.
        """
        coming = subscriptions(new) - subscriptions(old)
        self._rows.add(new, coming)
        checks = standings.checks(self._directory, held)
        if not webhook_changes.is_made(self._table, old, new, self._box, checks) and not self._is_changed(new, coming):
            return False
        self._rows.retire(outdated(self._rows.expanded(subscriptions(old) - subscriptions(new)), subscriptions(new)), new)
        return True

    def disable(self, old: Webhook, new: Webhook) -> bool:
        """Disable it. Its rows do not change."""
        return webhook_changes.is_disabled(self._table, old, new)

    def update_health(self, seen: Webhook, new: Health) -> bool:
        """Change only the health."""
        return webhook_changes.is_health_written(self._table, seen, new)

    def reserve_slots(
        self, webhook_id: str, count: int, interval_s: float, now: datetime, until: datetime
    ) -> datetime | None:
        """Reserve slots after those already reserved, by one or two conditional writes and no read.

        `slot_at`, the end of the reserved slots, only grows: if the first condition fails once, it always fails. For a
        deleted webhook nothing is reserved.
        """
        key, now_us, taken_us = webhook_item.key(webhook_id), _microseconds(now), round(count * interval_s * 1e6)
        has_free_slot = Condition(_HAS_FREE_SLOT, {":now": now_us})
        if self._table.is_updated(key, "SET #slot_at = :end", {":end": now_us + taken_us}, has_free_slot):
            return now
        try:
            begins_in_time = Condition("#slot_at <= :until", {":until": _microseconds(until)})
            changed = self._table.update(key, "ADD #slot_at :taken", {":taken": taken_us}, begins_in_time)
        except ConditionFailed:
            return now if self.get(webhook_id) is None else None
        return _EPOCH + (webhook_item.Slots.of(changed).slot_at - taken_us) * _MICROSECOND

    def delete(self, webhook: Webhook, now: datetime, held: Sequence[Standing] = ()) -> None:
        """Delete the webhook, write the note and subtract one from the owner's count, in one transaction.

        If it is deleted already, that deletion has written the note.
        """
        steps = [
            self._table.deleting(webhook_item.key(webhook.id), _IS_THERE),
            self._table.putting(purge_item.encode(webhook, now)),
            counts.giving_back(self._table, webhook_item.owned_by(webhook.owner_id), now),
        ]
        try:
            self._table.transact([*steps, *standings.checks(self._directory, held)])
        except ConditionFailed as failed:
            if 0 not in failed.steps:
                raise StandingLost from failed

    def page(self, owner_id: str | None, after: str | None, limit: int) -> list[Webhook]:
        """Webhooks of one owner, or of all, in the order of their ids. If the index lists deleted ones, more are read."""
        found: list[Webhook] = []
        while len(found) < limit:
            wanted = limit - len(found)
            ids = [webhook_item.ListedWebhook.of(item).id for item in self._table.first(_listed(owner_id, after), wanted)]
            webhooks = self.get_many(ids)
            found += [webhooks[each] for each in ids if each in webhooks]
            if len(ids) < wanted:
                break
            after = ids[-1]
        return found

    def count_of(self, owner_id: str, at_most: int) -> int:
        """The number of webhooks of an owner, counted up to `at_most`."""
        return self._table.count(_listed(owner_id, None), at_most)

    def recount(self, owner_id: str, settled_before: datetime, now: datetime) -> bool:
        """Count an owner's webhooks in the index, unless the count has changed since `settled_before`: the index may lag."""
        what = webhook_item.owned_by(owner_id)
        seen = counts.read(self._table, what)
        if seen is None or seen.changed_at >= settled_before:
            return False
        counted = self.count_of(owner_id, _COUNTED_MAX)
        return counted != seen.kept and counts.correct(self._table, what, seen, counted, now)

    def sweep_place(self) -> SweepPlace | None:
        """The position of the sweep of owners: the last webhook that it read, and when the round began."""
        item = self._table.get(webhook_item.sweep_key())
        return None if item is None else webhook_item.sweep_place(item)

    def move_sweep(self, place: SweepPlace) -> None:
        """Store the position. If two sweeps run at the same time, they check some webhooks twice, which does no harm."""
        self._table.put(webhook_item.sweep(place))

    def matching(self, source: Subscription, after: str | None, limit: int) -> list[str]:
        """Ids of the webhooks with one subscription, strongly consistent. Rows are written before their webhook."""
        begin = subscription_item.sort(source.notification_type, after + LOWEST if after else LOWEST)
        end = subscription_item.sort(source.notification_type, HIGHEST)
        return [webhook_id for _, webhook_id in self._proposed(source.audience, begin, end, limit)]

    def subscribed(self, audience: str, at_most: int) -> dict[str, list[str]] | None:
        """All rows of an audience, by one request if they are few: type → webhook ids. ``None`` if they exceed `at_most`."""
        proposed = self._proposed(audience, LOWEST, HIGHEST, at_most + 1)
        if len(proposed) > at_most:
            return None
        found: dict[str, list[str]] = {}
        for notification_type, webhook_id in proposed:
            found.setdefault(notification_type, []).append(webhook_id)
        return found

    def subscribe(self, notification_type: str) -> None:
        """Write the rows of this type for the webhooks that subscribe to a prefix of it."""
        self._rows.subscribe(notification_type)

    def unpurged(self, noted_before: datetime, limit: int) -> list[Webhook]:
        """Deleted webhooks whose purge was noted before that time and is not finished."""
        query = Query(
            key="#pk = :pk",
            values={":pk": purge_item.PARTITION, ":before": noted_before},
            wanted="#noted_at < :before",
        )
        return [purge_item.decode(item) for item in self._table.first(query, limit)]

    def renew_purge(self, webhook: Webhook, now: datetime) -> bool:
        """Note that the purge is running. It does not create a note that is deleted."""
        key = purge_item.key(webhook.id)
        return self._table.is_updated(key, "SET #noted_at = :now", {":now": now}, _IS_THERE)

    def purged(self, webhook: Webhook) -> None:
        """Remove the rows, then the note. So the note exists as long as there are rows."""
        self._rows.remove(webhook, subscriptions(webhook))
        self._table.delete(purge_item.key(webhook.id))

    def _proposed(self, audience: str, begin: str, end: str, limit: int) -> list[tuple[str, str]]:
        """The first rows of an audience between two sort keys: the type, and the webhook that may subscribe to it."""
        query = Query(
            key="#pk = :pk AND #sk BETWEEN :begin AND :end",
            values={":pk": subscription_item.partition(audience), ":begin": begin, ":end": end},
            attributes=("sk",),
            is_consistent=True,
        )
        return [subscription_item.proposed(item) for item in self._table.first(query, limit)]

    def _is_put(self, webhook: Webhook, item: Item, held: Sequence[Standing], owned_max: int | None) -> bool:
        """Write and count the webhook; return whether there was room for it. Without a limit it is not counted."""
        if owned_max is None:
            return self._is_put_uncounted(item)
        what, at = webhook_item.owned_by(webhook.owner_id), webhook.created_at
        steps = [self._table.putting(item, _IS_NEW), counts.taking(self._table, what, owned_max, at)]
        steps += standings.checks(self._directory, held)
        for _ in range(_COUNTS_MAX):
            try:
                self._table.transact(steps)
            except ConditionFailed as failed:
                if _PUT in failed.steps:
                    return True  # an earlier try succeeded, and its response was lost
                if failed.steps != _COUNT_ALONE:
                    raise StandingLost from failed
                if not self._is_counted_now(webhook, at):
                    return False
            else:
                return True
        return False

    def _is_put_uncounted(self, item: Item) -> bool:
        with suppress(ConditionFailed):  # an earlier try succeeded, and its response was lost
            self._table.put(item, _IS_NEW)
        return True

    def _is_counted_now(self, webhook: Webhook, at: datetime) -> bool:
        """Count the webhooks from before there were counts; ``False`` if there is a count already."""
        what = webhook_item.owned_by(webhook.owner_id)
        seen = counts.read(self._table, what)
        if seen is not None and seen.is_known:
            return False
        counts.correct(self._table, what, seen, self.count_of(webhook.owner_id, _COUNTED_MAX), at)
        return True

    def _is_changed(self, new: Webhook, coming: Collection[Subscription]) -> bool:
        """Whether an earlier try made this same change, and its response was lost.

        If the webhook is deleted, remove its new rows, since nothing else will. If it has another change, keep them, since
        that change may need the same rows.
        """
        kept = self.get(new.id)
        if kept is None:
            self._rows.remove(new, coming)
        return kept is not None and replace(kept, health=new.health) == new


def _listed(owner_id: str | None, after: str | None) -> Query:
    """Query the index that lists the webhooks of one owner, or all."""
    partition = "#kind = :of" if owner_id is None else "#owner_id = :of"
    return Query(
        key=partition + (" AND #id > :after" if after else ""),
        values={":of": webhook_item.KIND if owner_id is None else owner_id} | ({":after": after} if after else {}),
        index="all" if owner_id is None else "by_owner",
    )


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND
