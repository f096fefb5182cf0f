"""What keeps webhooks, and what vets their URLs.

Every method may raise `chalicelib.domain.errors.Unavailable` if the store or the queue refuses for now: then nothing,
or only a harmless part, was done, and the caller repeats the whole.
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
    """Which addresses the service is willing to call."""

    def vet(self, url: str, *, may_reach_private: bool, shows_address: bool) -> None:
        """Raise `RefusedUrl` with the reason, unless the service would call `url` as things stand.

        A host that does not resolve for now is not refused: it may tomorrow.

        Args:
            url: whom to call.
            may_reach_private: whether the webhook may lead into networks that the operator opened for admins.
            shows_address: whether the reason may have the address in it, which tells of networks that the caller cannot see.

        """

    def vet_secrets(self, url: str) -> None:
        """Raise `RefusedUrl` unless secrets may be sent to `url`: over https, or to this very host."""


@dataclass(frozen=True, slots=True)
class SweepPlace:
    """How far the walk through all webhooks is: the last one that was looked at, and when this round began."""

    after: str | None
    began_at: datetime


class WebhookStore(Protocol):
    """Webhooks, and the subscription rows by which a notification finds them.

    Writes on a person's behalf name what must be true of users (`held`). It is checked in the moment of the write: if it is
    not true any more, nothing is written, and `chalicelib.domain.directory.preconditions.StandingLost` is raised.
    """

    def create(self, webhook: Webhook, held: Sequence[Standing] = (), owned_max: int | None = None) -> bool:
        """Keep a new webhook and its subscription rows; ``False`` if its owner has `owned_max` already.

        The rows are there before the webhook is: whoever can see it can rely on them. With a limit the webhook is counted in
        the same step, so that any number of requests at once stay within it.
        """

    def get(self, webhook_id: str) -> Webhook | None:
        """The webhook as it is now (strongly consistent); ``None`` where it never was or was deleted."""

    def get_many(self, webhook_ids: Collection[str]) -> dict[str, Webhook]:
        """Those of the webhooks that exist, as they are now (strongly consistent), by id."""

    def update(self, old: Webhook, new: Webhook, held: Sequence[Standing] = ()) -> bool:
        """Change all but the health, and move the subscription rows; ``False`` where `old` is no longer what is kept.

        It is the `version` that tells: `new` carries the next one.
        """

    def disable(self, old: Webhook, new: Webhook) -> bool:
        """Write that the service calls a webhook no more (`Webhook.disabled`), and nothing else.

        ``False`` if the version or the health is no longer that of `old`: it was decided from both.
        """

    def update_health(self, seen: Webhook, new: Health) -> bool:
        """Change the health alone; ``False`` if the version or the health is no longer the one seen, or the webhook is gone.

        What an attempt to an earlier version has found must not change what is known of the present one.
        """

    def reserve_slots(
        self, webhook_id: str, count: int, interval_s: float, now: datetime, until: datetime
    ) -> datetime | None:
        """Take `count` places, `interval_s` apart, after those already taken; return the first one's time, ≥ `now`.

        Where the first free place is after `until`, none is taken: ``None``.
        """

    def delete(self, webhook: Webhook, now: datetime, held: Sequence[Standing] = ()) -> None:
        """Remove the webhook, and leave a note that its rows and its history are still to be purged, in one step.

        One that is gone already stays gone.
        """

    def page(self, owner_id: str | None, after: str | None, limit: int) -> list[Webhook]:
        """Webhooks of one owner, or of all, in the order of their ids, beginning behind the id `after`."""

    def count_of(self, owner_id: str, at_most: int) -> int:
        """How many webhooks an owner has, counted no further than `at_most`."""

    def recount(self, owner_id: str, settled_before: datetime, now: datetime) -> bool:
        """Correct the count of an owner's webhooks, if it was last changed before that time; return whether it was wrong."""

    def sweep_place(self) -> SweepPlace | None:
        """How far the walk is; ``None`` before the first one."""

    def move_sweep(self, place: SweepPlace) -> None:
        """Keep how far the walk is."""

    def matching(self, source: Subscription, after: str | None, limit: int) -> list[str]:
        """Ids of the webhooks under one subscription, in their order, beginning behind the id `after`."""

    def subscribed(self, audience: str, at_most: int) -> dict[str, list[str]] | None:
        """Ids of the webhooks under every type of an audience, in order; ``None`` where they are more than `at_most`."""

    def subscribe(self, notification_type: str) -> None:
        """Give the webhooks that want a prefix of this type their rows for it; doing it again changes nothing.

        Together with `NotificationTypes.put` before it, no webhook that is made or changed meanwhile is missed.
        """

    def unpurged(self, noted_before: datetime, limit: int) -> list[Webhook]:
        """Deleted webhooks whose purge is not finished, and whose note was left or renewed before that time."""

    def renew_purge(self, webhook: Webhook, now: datetime) -> bool:
        """Say on the note that the purge is being worked on; ``False`` where it is finished."""

    def purged(self, webhook: Webhook) -> None:
        """Remove the subscription rows of a deleted webhook, then the note."""
