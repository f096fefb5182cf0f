"""`client.history`: the records of attempts, and retries."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING, Final, Unpack

from posthorn.client.errors import NotFoundError, WaitTimeoutError
from posthorn.client.times import iso8601
from posthorn.client.validation import path
from posthorn.schemas import RecordFilters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posthorn.client.transport import Query, Transport
    from posthorn.schemas import Record, RecordSummary, Retry

WAIT_S: Final = 40.0
"""Longer than an attempt may take: a webhook's timeout is 30 s at most."""
_POLL_INTERVAL_S: Final = 0.25
_ROOT: Final = "/webhooks/history"


class History:
    """The records of attempts, newest first."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, *, page_length: int | None = None, **filters: Unpack[RecordFilters]) -> Iterator[Record]:
        """Records with their requests and responses."""
        return self._transport.pages(_ROOT, {**_query(filters), "limit": page_length})

    def summaries(self, *, page_length: int | None = None, **filters: Unpack[RecordFilters]) -> Iterator[RecordSummary]:
        """Records without their requests and responses: much smaller than those of `list`."""
        return self._transport.pages(_ROOT, {**_query(filters), "bodies": False, "limit": page_length})

    def get(self, record_id: str) -> Record:
        """A record with its request and response."""
        record: Record = self._transport.call("GET", path(_ROOT, record_id))
        return record

    def attempts(self, record_id: str, *, page_length: int | None = None) -> Iterator[RecordSummary]:
        """All attempts of the delivery that the record belongs to, newest first."""
        return self._transport.pages(path(_ROOT, record_id, "attempts"), {"limit": page_length})

    def retry(self, record_id: str) -> Retry:
        """Make the attempt again, in the background. `wait_for` takes the id in the result."""
        retry: Retry = self._transport.call("POST", path(_ROOT, "retry", record_id))
        return retry

    def expunge(self, record_id: str) -> Record:
        """Delete the bodies and headers in a record."""
        record: Record = self._transport.call("POST", path(_ROOT, record_id, "expunge"))
        return record

    def wait_for(self, record_id: str, *, timeout_s: float = WAIT_S) -> Record:
        """Poll until a record exists, and return it; raise `WaitTimeoutError` after `timeout_s` seconds."""
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                return self.get(record_id)
            except NotFoundError as error:
                if time.monotonic() >= deadline:
                    message = f"The record {record_id} does not exist after {timeout_s:g} s. It may still appear."
                    raise WaitTimeoutError(message) from error
            time.sleep(_POLL_INTERVAL_S)


def _query(filters: RecordFilters) -> Query:
    """The query parameters: a filter's name in camelCase, and times in ISO 8601. Raise `TypeError` for an unknown filter."""
    if unknown := sorted(filters.keys() - RecordFilters.__annotations__.keys()):
        message = f"There is no filter {unknown[0]!r}."
        raise TypeError(message)
    return {
        _camel_case(name): iso8601(value) if isinstance(value, datetime) else value  # type: ignore[misc]
        for name, value in filters.items()
    }


def _camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
