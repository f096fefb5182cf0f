"""Looking into the history, and asking for an attempt again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from chalicelib.domain import ids, verbatim
from chalicelib.domain.errors import InvalidInput, RecordNotFound
from chalicelib.domain.ids import RecordId
from chalicelib.services import lanes

if TYPE_CHECKING:
    from chalicelib.domain.directory import Caller
    from chalicelib.domain.history import HistoryRecord
    from chalicelib.services.ports import (
        AuditFilter,
        Clock,
        DeliveryQueue,
        Entropy,
        HistoryFilter,
        HistoryStore,
        JournalPosition,
        WaitingStore,
        WebhookStore,
    )
    from chalicelib.services.webhooks import WebhookService

_READS_MAX: Final = 50
"""Reads for one page beyond each webhook's first: a filter that drops much gives a short page with a next one."""
_READERS: Final = 8
_WEBHOOKS_PAGE: Final = 100
_RECORD_OVERHEAD_BYTES: Final = 1_500
"""What a record takes on the wire beside its bodies and headers."""


@dataclass(slots=True)
class _Stream:
    """One webhook's records, newest first, read as they are asked for.

    `frontier` is the sort key down to which it has been read, ``None`` where nothing is left to read.
    """

    webhook_id: str
    frontier: str | None
    buffer: list[HistoryRecord] = field(default_factory=list)

    @property
    def needs_reading(self) -> bool:
        return not self.buffer and self.frontier is not None


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
        """One record; raise `RecordNotFound` where it is not, or is not the caller's to see."""
        parsed = RecordId.parse(record_id)
        webhook = self._store.get(parsed.webhook_id) if parsed is not None else None
        if parsed is None or webhook is None or not caller.may_touch(webhook.owner_id):
            raise _record_not_found()
        found = self._history.get(parsed)
        if found is None:
            raise _record_not_found()
        return found

    def retry(self, caller: Caller, record_id: str) -> str:
        """Make an attempt again, whatever came of it; return the id of the record that it will have.

        Each call makes an attempt of its own. Raises `WebhookPaused` or `WebhookDisabled` where none may be made.
        """
        found = self.get(caller, record_id)
        webhook = self._webhooks.get(caller, found.attempt.webhook_id)
        webhook.require_live()
        now = self._clock.now()
        sort = ids.sortable(now, self._entropy.take(ids.ENTROPY_BYTES))
        attempt = found.retry(RecordId(webhook.id, sort))
        self._deliveries.send([lanes.enqueued(attempt, webhook.health, now)])
        return str(attempt.record_id)

    def expunge(self, caller: Caller, record_id: str) -> HistoryRecord:
        """Empty a record's bodies and headers, and keep the fact; done again, it changes nothing.

        What waits in the table of the same delivery has the same bytes, and goes too.
        """
        found = self._history.expunge(self.get(caller, record_id).attempt.record_id, self._clock.now())
        if found is None:
            raise _record_not_found()
        self._waiting.forget(found.attempt.webhook_id, found.attempt.delivery_id)
        return found

    def attempts(
        self, caller: Caller, record_id: str, before: str | None, limit: int
    ) -> tuple[list[HistoryRecord], str | None]:
        """All records of the delivery that one record is of, newest first, and the sort key to read on behind."""
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
        """Records of one webhook, newest first, and the sort key to read on behind.

        A page of bodies has only so many bytes (PAGE_BYTES_MAX); one without them goes by its `limit` alone.
        """
        webhook = self._webhooks.get(caller, webhook_id)
        return self._merge([webhook.id], before, wanted, limit, has_bodies=has_bodies)

    def page_of_owner(
        self, caller: Caller, before: str | None, wanted: HistoryFilter, limit: int, *, has_bodies: bool = True
    ) -> tuple[list[HistoryRecord], str | None]:
        """Records of all the caller's webhooks, newest first, and the sort key to read on behind."""
        return self._merge(self._webhook_ids_of(caller.user_id), before, wanted, limit, has_bodies=has_bodies)

    def page_of_all(
        self, before: JournalPosition | None, wanted: HistoryFilter, limit: int, *, has_bodies: bool = True
    ) -> tuple[list[HistoryRecord], JournalPosition | None]:
        """Records of all webhooks (for admins), newest first, and the place in the journal to read on from."""
        page = self._history.page_of_all(before, wanted, limit)
        live = self._store.get_many({each.attempt.webhook_id for each in page.records})
        given: list[HistoryRecord] = []
        room_bytes, behind = self._page_bytes_max, before
        for record, position in page.entries:
            if room_bytes <= 0:
                return given, behind
            behind = position
            if record.attempt.webhook_id in live:
                given.append(record)
                room_bytes -= _weight(record) if has_bodies else 0
        return given, page.next_position

    def _webhook_ids_of(self, owner_id: str) -> list[str]:
        found: list[str] = []
        while page := self._store.page(owner_id, found[-1] if found else None, _WEBHOOKS_PAGE):
            found.extend(webhook.id for webhook in page)
        return found

    def _merge(
        self, webhook_ids: list[str], before: str | None, wanted: HistoryFilter, limit: int, *, has_bodies: bool
    ) -> tuple[list[HistoryRecord], str | None]:
        """Merge the webhooks' records by sort key.

        A record may be given once no stream has unread ones that could be newer. Where the reads run out first, the page
        ends at the newest frontier: everything above it is given, so nothing is lost and the next page gets further.
        """
        streams = [_Stream(webhook_id, before or _NEWEST) for webhook_id in webhook_ids]
        size = max(2, 2 * limit // max(len(streams), 1))
        self._read(streams, wanted, min(size, limit + 1))
        given: list[HistoryRecord] = []
        room_bytes, reads = self._page_bytes_max, _READS_MAX
        while len(given) < limit and room_bytes > 0:
            dry = [stream for stream in streams if stream.needs_reading]
            if dry and reads > 0:
                self._read(dry[:reads], wanted, min(size, limit + 1))
                reads -= len(dry[:reads])
                continue
            floor = max((stream.frontier or "" for stream in dry), default="")
            full = [stream for stream in streams if stream.buffer and stream.buffer[0].attempt.record_id.sort >= floor]
            if not full:
                return given, floor or None
            newest = max(full, key=lambda stream: stream.buffer[0].attempt.record_id.sort)
            given.append(newest.buffer.pop(0))
            room_bytes -= _weight(given[-1]) if has_bodies else 0
        has_more = any(stream.buffer or stream.frontier is not None for stream in streams)
        return given, given[-1].attempt.record_id.sort if has_more else None

    def _read(self, streams: list[_Stream], wanted: HistoryFilter, limit: int) -> None:
        """Read on in several streams at once."""

        def read(stream: _Stream) -> None:
            before = None if stream.frontier == _NEWEST else stream.frontier
            stream.buffer, stream.frontier = self._history.page(stream.webhook_id, before, wanted, limit)

        if len(streams) == 1:
            read(streams[0])
            return
        with ThreadPoolExecutor(_READERS) as pool:
            list(pool.map(read, streams))


_NEWEST: Final = "~"
"""Sorts behind every sort key."""


def check_window(wanted: HistoryFilter | AuditFilter) -> None:
    """Raise `InvalidInput` for a window of time that cannot hold anything."""
    if wanted.since is not None and wanted.until is not None and wanted.since >= wanted.until:
        message = "'since' must be before 'until'."
        raise InvalidInput(message, {"since": "must be before 'until'"})


def _weight(found: HistoryRecord) -> int:
    """About the bytes that a record takes as JSON."""
    exchange = found.exchange
    bodies = [exchange.request.body] + ([exchange.response.body] if exchange.response else [])
    headers = exchange.request.headers + (exchange.response.headers if exchange.response else ())
    sizes = [len(verbatim.quote(body.decode("latin-1"))) for body in bodies]
    return _RECORD_OVERHEAD_BYTES + sum(sizes) + sum(len(name) + len(value) + 8 for name, value in headers)


def _record_not_found() -> RecordNotFound:
    message = "There is no such record. The record of a retry appears when its attempt has been made."
    return RecordNotFound(message)
