"""Listing the history, and manual retries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chalicelib.delivery import lanes
from chalicelib.domain import ids
from chalicelib.domain.errors import RecordNotFound
from chalicelib.domain.ids import RecordId
from chalicelib.history.merge import Merge, weight

if TYPE_CHECKING:
    from chalicelib.delivery.ports import DeliveryQueue, WaitingStore
    from chalicelib.domain.directory.users import Caller
    from chalicelib.domain.history.filters import HistoryFilter
    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.history.ports import HistoryStore, JournalPosition
    from chalicelib.ports import Clock, Entropy
    from chalicelib.webhooks.ports import WebhookStore
    from chalicelib.webhooks.service import WebhookService

_WEBHOOKS_PAGE: Final = 100


class HistoryService:
    """The use cases of `/webhooks/history`."""

    def __init__(  # noqa: PLR0913 - one argument for each port
        self,
        *,
        history: HistoryStore,
        store: WebhookStore,
        webhooks: WebhookService,
        deliveries: DeliveryQueue,
        waiting: WaitingStore,
        clock: Clock,
        entropy: Entropy,
        page_bytes_max: int,
    ) -> None:
        self._history = history
        self._store = store
        self._webhooks = webhooks
        self._deliveries = deliveries
        self._waiting = waiting
        self._clock = clock
        self._entropy = entropy
        self._page_bytes_max = page_bytes_max

    def get(self, caller: Caller, record_id: str) -> HistoryRecord:
        """One record; raise `RecordNotFound` if it does not exist, or the caller may not see it."""
        return self._found(caller, record_id)[1]

    def retry(self, caller: Caller, record_id: str) -> str:
        """Retry an attempt, whatever its outcome was; return the id that the new record will have.

        Each call makes a new attempt. Raises `WebhookPaused` or `WebhookDisabled` if the webhook gets no deliveries.
        """
        webhook, found = self._found(caller, record_id)
        webhook.require_live()
        now = self._clock.now()
        sort = ids.sortable(now, self._entropy.take(ids.ENTROPY_BYTES))
        attempt = found.retry(RecordId(webhook.id, sort))
        self._deliveries.send([lanes.enqueued(attempt, webhook.health, now)])
        return str(attempt.record_id)

    def expunge(self, caller: Caller, record_id: str) -> HistoryRecord:
        """Delete a record's bodies and headers, and keep the rest. Idempotent.

        Waiting attempts of the same delivery have the same bytes, and are deleted too.
        """
        found = self._history.expunge(self.get(caller, record_id).attempt.record_id, self._clock.now())
        if found is None:
            raise _record_not_found()
        self._waiting.forget(found.attempt.webhook_id, found.attempt.delivery_id)
        return found

    def attempts(
        self, caller: Caller, record_id: str, before: str | None, limit: int
    ) -> tuple[list[HistoryRecord], str | None]:
        """All records of a record's delivery, newest first, and the sort key after which to continue."""
        return self._history.page_of_delivery(self.get(caller, record_id).attempt, before, limit)

    def page_of_webhook(
        self,
        caller: Caller,
        webhook_id: str,
        before: str | None,
        wanted: HistoryFilter,
        limit: int,
        *,
        has_bodies: bool = True,
    ) -> tuple[list[HistoryRecord], str | None]:
        """Records of one webhook, newest first, and the sort key after which to continue.

        A page with bodies ends when it has more bytes than a response may have (PAGE_BYTES_MAX). The border counts exactly,
        and shows as many records as fit.
        """
        webhook = self._webhooks.get(caller, webhook_id)
        return self._merge([webhook.id], before, wanted, limit, has_bodies=has_bodies)

    def page_of_owner(
        self, caller: Caller, before: str | None, wanted: HistoryFilter, limit: int, *, has_bodies: bool = True
    ) -> tuple[list[HistoryRecord], str | None]:
        """Records of all the caller's webhooks, newest first, and the sort key after which to continue."""
        return self._merge(self._webhook_ids_of(caller.user_id), before, wanted, limit, has_bodies=has_bodies)

    def page_of_all(
        self, before: JournalPosition | None, wanted: HistoryFilter, limit: int, *, has_bodies: bool = True
    ) -> tuple[list[tuple[HistoryRecord, JournalPosition]], JournalPosition | None]:
        """Records of all webhooks (for admins), newest first, each with its position in the journal.

        The second value is the position after which to continue.
        """
        page = self._history.page_of_all(before, wanted, limit)
        live = self._store.get_many({each.attempt.webhook_id for each in page.records})
        listed: list[tuple[HistoryRecord, JournalPosition]] = []
        room_bytes, after = self._page_bytes_max, before
        for record, position in page.entries:
            if room_bytes <= 0:
                return listed, after
            after = position
            if record.attempt.webhook_id in live:
                listed.append((record, position))
                room_bytes -= weight(record) if has_bodies else 0
        return listed, page.next_position

    def _found(self, caller: Caller, record_id: str) -> tuple[Webhook, HistoryRecord]:
        """A record and its webhook, with the errors of `get`."""
        parsed = RecordId.parse(record_id)
        webhook = self._store.get(parsed.webhook_id) if parsed is not None else None
        if parsed is None or webhook is None or not caller.may_touch(webhook.owner_id, webhook.owner_incarnation):
            raise _record_not_found()
        found = self._history.get(parsed)
        if found is None:
            raise _record_not_found()
        return webhook, found

    def _webhook_ids_of(self, owner_id: str) -> list[str]:
        found: list[str] = []
        while page := self._store.page(owner_id, found[-1] if found else None, _WEBHOOKS_PAGE):
            found.extend(webhook.id for webhook in page)
        return found

    def _merge(
        self, webhook_ids: list[str], before: str | None, wanted: HistoryFilter, limit: int, *, has_bodies: bool
    ) -> tuple[list[HistoryRecord], str | None]:
        merge = Merge(self._history, wanted, limit, self._page_bytes_max if has_bodies else None)
        return merge.page(webhook_ids, before)


def _record_not_found() -> RecordNotFound:
    message = "There is no such record. The record of a retry appears when its attempt has been made."
    return RecordNotFound(message)
