"""What one batch of notifications reads: each thing once, and independent things at once.

All messages of a batch were sent before it began. So everything that was there before any of them was sent is seen by all:
reading once is as good as reading for each. A deliver worker reads its webhook again before it sends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chalicelib.domain.errors import Unavailable
from chalicelib.intake.catalogue import Catalogue

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from chalicelib.directory.ports import Directory
    from chalicelib.domain.notifications.catalogue import CatalogueEntry
    from chalicelib.domain.notifications.matching import Subscription
    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.ports import Concurrently
    from chalicelib.webhooks.ports import WebhookStore

_AUDIENCE_ROWS_MAX: Final = 30
"""Subscriptions of an audience that are read together: they fill one read unit, 4 KB."""
LARGE: Final = 100
"""The weight of a subscription whose audience has more of them: more than any that is read whole."""
_CACHED_WEBHOOKS_MAX: Final = 1_000
"""Webhooks in memory at once; the next one clears them. One takes up to 200 KB, with everything that its owner may set."""


class BatchReads:
    """The webhooks under each subscription, the webhooks themselves, and the names of users."""

    def __init__(self, *, store: WebhookStore, directory: Directory, concurrently: Concurrently) -> None:
        self._store = store
        self._directory = directory
        self._concurrently = concurrently
        self._audiences: dict[str, dict[str, list[str]] | Exception | None] = {}
        self._pages: dict[Subscription, list[str]] = {}
        self._webhooks: dict[str, Webhook | None] = {}
        self._names: dict[str, str | None] = {}

    def read_audiences(self, audiences: Iterable[str]) -> None:
        """Read all subscriptions of audiences, at once, if an audience has few.

        A notification is looked up under two types of an audience. If the audience has few subscriptions, as most users
        have, reading them all costs no more than reading those of one type. A refusal is raised when a notification needs
        the audience: the others of the batch go on.
        """
        missing = [each for each in dict.fromkeys(audiences) if each not in self._audiences]
        found = self._concurrently(lambda audience: self._store.subscribed(audience, _AUDIENCE_ROWS_MAX), missing)
        self._audiences |= dict(zip(missing, found, strict=True))

    def require(self, audiences: Iterable[str]) -> None:
        """Raise the refusal if one of the audiences could not be read."""
        for each in audiences:
            self._audience(each)

    def weight(self, source: Subscription) -> int:
        """How many webhooks there are under one subscription; `LARGE` if its audience has many."""
        known = self._known(source)
        return LARGE if known is None else len(known)

    def matching(self, source: Subscription, after: str | None, limit: int) -> list[str]:
        """Ids of the webhooks under one subscription; a list is used again only if it is complete."""
        if after is None:
            self.read_audiences([source.audience])
        known = self._known(source)
        if known is not None:
            return [each for each in known if after is None or each > after][:limit]
        page = self._store.matching(source, after, limit)
        if after is None and len(page) < limit:
            self._pages[source] = page
        return page

    def read_webhooks(self, webhook_ids: Iterable[str]) -> None:
        """Read the webhooks of several notifications at once. If that fails, `webhooks` reads those of each again."""
        try:
            self.webhooks(list(dict.fromkeys(webhook_ids)))
        except Unavailable:
            return

    def webhooks(self, webhook_ids: Collection[str]) -> dict[str, Webhook]:
        """Those of the webhooks that exist, by id."""
        unknown = [each for each in webhook_ids if each not in self._webhooks]
        if unknown and len(self._webhooks) + len(unknown) > _CACHED_WEBHOOKS_MAX:
            self._webhooks.clear()
            unknown = list(webhook_ids)
        found = self._store.get_many(unknown) if unknown else {}
        self._webhooks |= {each: found.get(each) for each in unknown}
        return {each: webhook for each in webhook_ids if (webhook := self._webhooks[each]) is not None}

    def read_names(self, user_ids: Iterable[str]) -> None:
        """Read the names for several notifications at once. If that fails, `names` reads those of each again."""
        try:
            self.names(list(dict.fromkeys(user_ids)))
        except Unavailable:
            return

    def names(self, user_ids: Collection[str]) -> Mapping[str, str]:
        """The names of the users that exist, by id."""
        unknown = [each for each in user_ids if each not in self._names]
        found = self._directory.names(unknown) if unknown else {}
        self._names |= {each: found.get(each) for each in unknown}
        return {each: name for each in user_ids if (name := self._names[each]) is not None}

    def _audience(self, audience: str) -> dict[str, list[str]] | None:
        found = self._audiences.get(audience)
        if isinstance(found, Exception):
            raise found
        return found

    def _known(self, source: Subscription) -> list[str] | None:
        """The whole list, if it was read; raise the refusal if its audience could not be read."""
        audience = self._audience(source.audience)
        return self._pages.get(source) if audience is None else audience.get(source.notification_type, [])


class BatchCatalogue(Catalogue):
    """The catalogue, asked once for each name, whether it has it or not."""

    def __init__(self, catalogue: Catalogue, concurrently: Concurrently) -> None:
        self._catalogue = catalogue
        self._concurrently = concurrently
        self._found: dict[str, CatalogueEntry | None] = {}

    def read(self, names: Iterable[str]) -> None:
        """Look names up at once. If that fails for one, `find` looks it up again."""
        missing = list({each.lower(): each for each in names if each.lower() not in self._found}.values())
        found = zip(missing, self._concurrently(self._catalogue.find, missing), strict=True)
        self._found |= {name.lower(): entry for name, entry in found if not isinstance(entry, Exception)}

    def find(self, name: str) -> CatalogueEntry | None:
        """The type of that name in any case."""
        key = name.lower()
        if key not in self._found:
            self._found[key] = self._catalogue.find(name)
        return self._found[key]
