"""`client.history`: what was sent and answered, and asking for it again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from posthorn.client.addresses import segment
from posthorn.client.errors import NotFound, NotThereYet
from posthorn.client.times import written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from posthorn.client.shown import Outcome, Record, RecordSummary, Retry
    from posthorn.client.transport import Query, Transport

WAIT_S: Final = 40.0
"""A webhook's own deadline is 30 s at the most."""
_PAUSE_S: Final = 0.25


class History:
    """Records of attempts, newest first."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        webhook_id: str | None = None,
        outcome: Outcome | None = None,
        notification_type: str | None = None,
        since: datetime | str | None = None,
        until: datetime | str | None = None,
        page_length: int | None = None,
    ) -> Iterator[Record]:
        """Records, page by page as they are taken; `since` is inclusive, `until` exclusive."""
        filters = _filters(webhook_id, outcome, notification_type, since, until)
        return self._transport.pages("/webhooks/history", {**filters, "limit": page_length})

    def summaries(
        self,
        *,
        webhook_id: str | None = None,
        outcome: Outcome | None = None,
        notification_type: str | None = None,
        since: datetime | str | None = None,
        until: datetime | str | None = None,
        page_length: int | None = None,
    ) -> Iterator[RecordSummary]:
        """The same without what was sent and answered: small, and quick to fetch."""
        filters = _filters(webhook_id, outcome, notification_type, since, until)
        return self._transport.pages("/webhooks/history", {**filters, "bodies": False, "limit": page_length})

    def get(self, record_id: str) -> Record:
        """One record, whole."""
        record: Record = self._transport.call("GET", _path(record_id))
        return record

    def attempts(self, record_id: str, *, page_length: int | None = None) -> Iterator[RecordSummary]:
        """All attempts of the record's delivery, newest first."""
        return self._transport.pages(_path(record_id, "attempts"), {"limit": page_length})

    def retry(self, record_id: str) -> Retry:
        """Make the attempt again; the answer names the record that it will have, once it has been made."""
        retry: Retry = self._transport.call("POST", _path("retry", record_id))
        return retry

    def expunge(self, record_id: str) -> Record:
        """Empty a record's bodies and headers."""
        record: Record = self._transport.call("POST", _path(record_id, "expunge"))
        return record

    def wait_for(self, record_id: str, *, timeout_s: float = WAIT_S) -> Record:
        """A record that was promised, as soon as it is there; raise `NotThereYet` where that takes longer."""
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                return self.get(record_id)
            except NotFound as error:
                if time.monotonic() >= deadline:
                    message = f"The record {record_id} is not there after {timeout_s:g} s; it may still come."
                    raise NotThereYet(message) from error
            time.sleep(_PAUSE_S)


def _path(*parts: str) -> str:
    return "/".join(["/webhooks/history", *map(segment, parts)])


def _filters(
    webhook_id: str | None,
    outcome: Outcome | None,
    notification_type: str | None,
    since: datetime | str | None,
    until: datetime | str | None,
) -> Query:
    return {
        "webhookId": webhook_id,
        "outcome": outcome,
        "notificationType": notification_type,
        "since": written(since),
        "until": written(until),
    }
