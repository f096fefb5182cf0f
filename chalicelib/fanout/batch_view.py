"""What one batch of notifications reads, each thing once.

All its messages were sent before the batch began, so whatever was there before any of them was sent is seen by all: reading
once is as good as reading for each. A deliver worker looks again before it sends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chalicelib.intake.catalogue import Catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.notifications.catalogue import CatalogueEntry
    from chalicelib.domain.notifications.matching import Subscription
    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.webhooks.ports import WebhookStore

_AUDIENCE_ROWS_MAX: Final = 30
"""Subscriptions of an audience that are read together: they fill one read unit, 4 KB."""
LARGE: Final = 100
"""What a subscription of an audience weighs that asks for too much to be read together: more than any that is read."""
_REMEMBERED_MAX: Final = 1_000
"""Webhooks that are held at once; at so many it begins anew. One takes up to 200 KB, with all that its owner may give it."""


class BatchView:
    """The webhooks under each subscription, and the webhooks themselves."""

    def __init__(self, store: WebhookStore) -> None:
        self._store = store
        self._audiences: dict[str, dict[str, list[str]] | None] = {}
        self._proposed: dict[Subscription, list[str]] = {}
        self._webhooks: dict[str, Webhook | None] = {}

    def weight(self, source: Subscription) -> int:
        """How many webhooks there are under one subscription, or, of an audience that asks for much, `LARGE`."""
        self._look_at(source.audience)
        known = self._known(source)
        return LARGE if known is None else len(known)

    def matching(self, source: Subscription, after: str | None, limit: int) -> list[str]:
        """Ids of the webhooks under one subscription; only a list that is whole is used again."""
        if after is None:
            self._look_at(source.audience)
        known = self._known(source)
        if known is not None:
            return [each for each in known if after is None or each > after][:limit]
        proposed = self._store.matching(source, after, limit)
        if after is None and len(proposed) < limit:
            self._proposed[source] = proposed
        return proposed

    def _look_at(self, audience: str) -> None:
        """Read all that an audience asks for, where that is little.

        A notification is looked for under two types of an audience. Of one that asks for little, as most users do, all of it
        costs no more than one of them.
        """
        if audience not in self._audiences:
            self._audiences[audience] = self._store.subscribed(audience, _AUDIENCE_ROWS_MAX)

    def _known(self, source: Subscription) -> list[str] | None:
        """The whole list, where it was read."""
        audience = self._audiences.get(source.audience)
        return self._proposed.get(source) if audience is None else audience.get(source.notification_type, [])

    def get_many(self, webhook_ids: Sequence[str]) -> dict[str, Webhook]:
        """Those of the webhooks that exist, by id."""
        unknown = [each for each in webhook_ids if each not in self._webhooks]
        if len(self._webhooks) + len(unknown) > _REMEMBERED_MAX:
            self._webhooks.clear()
            unknown = list(webhook_ids)
        found = self._store.get_many(unknown) if unknown else {}
        self._webhooks |= {each: found.get(each) for each in unknown}
        known = {each: self._webhooks[each] for each in webhook_ids}
        return {webhook_id: webhook for webhook_id, webhook in known.items() if webhook is not None}


class BatchCatalogue(Catalogue):
    """The catalogue, asked once for each name, be it in there or not."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._found: dict[str, CatalogueEntry | None] = {}

    def find(self, name: str) -> CatalogueEntry | None:
        """The type of that name in any case."""
        key = name.lower()
        if key not in self._found:
            self._found[key] = self._catalogue.find(name)
        return self._found[key]
