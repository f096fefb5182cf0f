"""Ports of the webhooks: the store, and the policy for URLs.

Every method may raise `chalicelib.domain.errors.Unavailable` if the store or the queue is temporarily unavailable. Then
nothing was done, or only a harmless part, and the caller repeats all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from chalicelib.domain.directory.preconditions import Standing
    from chalicelib.domain.notifications.matching import Subscription
    from chalicelib.domain.webhooks.health import Health
    from chalicelib.domain.webhooks.webhook import Webhook


class UrlPolicy(Protocol):
    """The addresses that the service calls."""

    def vet(self, url: str, *, may_reach_private: bool, shows_address: bool) -> None:
        """Raise `RefusedUrl` with the reason if the service does not call `url`.

        A host that does not resolve now is not refused: it may resolve later.

        Args:
            url: of the receiver.
            may_reach_private: whether the webhook may call the networks that the operator has opened for admins.
            shows_address: whether the reason may contain the IP address, which reveals networks that the caller cannot see.

        """

    def vet_secrets(self, url: str) -> None:
        """Raise `RefusedUrl` if secrets may not be sent to `url`: only over https, or to this host itself."""


@dataclass(frozen=True, slots=True)
class SweepPlace:
    """The progress of the walk through all webhooks: the last one, and when this round began."""

    after: str | None
    began_at: datetime


class WebhookStore(Protocol):
    """Webhooks, and the subscription rows by which a notification finds them.

    A write for a user has conditions on users (`held`), which are checked in the same step. If one does not hold, nothing is
    written, and `chalicelib.domain.directory.preconditions.StandingLost` is raised.
    """

    def create(self, webhook: Webhook, held: Sequence[Standing] = (), owned_max: int | None = None) -> bool:
        """Write a new webhook and its subscription rows; ``False`` if its owner already has `owned_max`.

        The rows are written before the webhook, so they exist for everybody who sees it. With a limit, the webhook is
        counted in the same step, so that parallel requests cannot exceed it.
        """

    def get(self, webhook_id: str) -> Webhook | None:
        """The current webhook (strongly consistent); ``None`` if it does not exist."""

    def get_many(self, webhook_ids: Collection[str]) -> dict[str, Webhook]:
        """The current state of those webhooks that exist (strongly consistent), by id."""

    def update(self, old: Webhook, new: Webhook, held: Sequence[Standing] = ()) -> bool:
        """Change all but the health, and move the subscription rows; ``False`` if `old` is not the stored state any more.

        The `version` decides (optimistic concurrency): `new` has the next one.
        """

    def disable(self, old: Webhook, new: Webhook) -> bool:
        """Write that the service has disabled a webhook (`Webhook.disabled`), and nothing else.

        ``False`` if the version or the health is not that of `old` any more: the decision depends on both.
        """

    def update_health(self, seen: Webhook, new: Health) -> bool:
        """Change the health only; ``False`` if the version or the health is another one by now, or the webhook is deleted.

        The result of an attempt to an earlier version must not change the health of the present one.
        """

    def reserve_slots(
        self, webhook_id: str, count: int, interval_s: float, now: datetime, until: datetime
    ) -> datetime | None:
        """Reserve `count` slots, `interval_s` apart, after those already reserved; return the time of the first, ≥ `now`.

        If the first free slot is after `until`, none is reserved: ``None``.
        """

    def delete(self, webhook: Webhook, now: datetime, held: Sequence[Standing] = ()) -> None:
        """Delete the webhook and write a note that its rows and its history must be purged, in one step.

        If it is already deleted, nothing happens.
        """

    def page(self, owner_id: str | None, after: str | None, limit: int) -> list[Webhook]:
        """Webhooks of one owner, or of all, by id, after the id `after`."""

    def count_of(self, owner_id: str, at_most: int) -> int:
        """The number of an owner's webhooks by the index, not the count that is kept; counted up to `at_most`."""

    def recount(self, owner_id: str, settled_before: datetime, now: datetime) -> bool:
        """Correct the count of an owner's webhooks, if it was last changed before that time; return whether it was wrong."""

    def sweep_place(self) -> SweepPlace | None:
        """The progress of the walk; ``None`` before the first round."""

    def move_sweep(self, place: SweepPlace) -> None:
        """Write the progress of the walk."""

    def matching(self, source: Subscription, after: str | None, limit: int) -> list[str]:
        """Ids of the webhooks with a subscription, in order, after the id `after`."""

    def subscribed(self, audience: str, at_most: int) -> dict[str, list[str]] | None:
        """Ids of the webhooks under every type of an audience, in order; ``None`` if they are more than `at_most`."""

    def subscribe(self, notification_type: str) -> None:
        """Add the rows of this type for the webhooks with a prefix of it. Idempotent.

        After `NotificationTypes.put`, this misses no webhook that is created or changed at the same time.
        """

    def unpurged(self, noted_before: datetime, limit: int) -> list[Webhook]:
        """Deleted webhooks whose purge is not finished, and whose note was written or renewed before that time."""

    def renew_purge(self, webhook: Webhook, now: datetime) -> bool:
        """Renew the note while the purge is running; ``False`` if the purge is finished."""

    def purged(self, webhook: Webhook) -> None:
        """Delete the subscription rows of a deleted webhook, then the note."""
