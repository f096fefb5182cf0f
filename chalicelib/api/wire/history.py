"""History records in requests and responses."""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, get_args, get_origin

from pydantic import Field

from chalicelib.api.wire.model import SEVERAL, GivenMoment, Moment, Outgoing, PageQuery, extended, left_out
from chalicelib.domain.delivery import charsets
from chalicelib.domain.delivery.attempt import FailureCause, Headers, OutboundRequest, Outcome, Response, Trigger
from chalicelib.domain.history.filters import FILTERS, Filter, HistoryFilter
from chalicelib.domain.history.records import HistoryRecord
from chalicelib.domain.webhooks import urls

ShownHeaders = dict[str, str | list[str]]
"""Header name → value, in the order of the headers.

If a header occurs several times, in any case, its values are joined by ``", "``, as RFC 9110, 5.3 allows. ``set-cookie``
must not be joined: its value is always an array.
"""


class _HistoryQuery(PageQuery):
    """The query of `GET /webhooks/history`: its own parameters, and one for each filter."""

    webhook_id: str | None = Field(None, description="Only records of this webhook.")
    bodies: bool = Field(default=True, description="False: records without `request` and `response`.")

    def filters(self) -> HistoryFilter:
        """The filters, with the notification type as the caller wrote it."""
        return HistoryFilter(**{each.name: getattr(self, each.name) for each in FILTERS})


def _parameter(own: Filter) -> tuple[Any, Any]:
    kind = _KINDS.get(own.kind, own.kind)
    has_several = any(get_origin(each) is tuple for each in get_args(own.kind))
    return Annotated[kind, SEVERAL] if has_several else kind, Field(default=None, description=own.says)


_KINDS: Final[Mapping[Any, Any]] = {datetime | None: GivenMoment | None}
"""Types with a parser of their own."""

if TYPE_CHECKING:
    HistoryQuery = _HistoryQuery
else:
    HistoryQuery = extended("HistoryQuery", _HistoryQuery, {each.name: _parameter(each) for each in FILTERS})


class SentOut(Outgoing):
    """The request as it was sent; `bodyEncoding` is present if the body is not text."""

    method: Literal["POST"]
    url: str
    headers: ShownHeaders
    body: str
    body_encoding: Literal["base64"] | None = left_out()

    @classmethod
    def of(cls, request: OutboundRequest, *, is_own: bool) -> "SentOut":
        """The request, for the webhook's owner or for others."""
        body, encoding = _text(request.body)
        url = request.url if is_own else urls.masked(request.url)
        return cls(method="POST", url=url, headers=_headers(request.headers), body=body, body_encoding=encoding)


class AnsweredOut(Outgoing):
    """The response as far as it was read; `bodyEncoding` is present if the body is not text."""

    status: int
    headers: ShownHeaders
    body: str
    body_encoding: Literal["base64"] | None = left_out()
    is_truncated: bool

    @classmethod
    def of(cls, response: Response) -> "AnsweredOut":
        """The receiver's response."""
        body, encoding = _text(response.body, response.header("content-type"), is_cut=response.is_truncated)
        return cls(
            status=response.status,
            headers=_headers(response.headers),
            body=body,
            body_encoding=encoding,
            is_truncated=response.is_truncated,
        )


class RecordSummary(Outgoing):
    """One attempt without its request and response. The sizes are those from before a record was expunged."""

    id: str
    webhook_id: str
    delivery_id: str
    notification_id: str
    notification_type: str
    attempt_number: int
    trigger: Trigger
    retry_of: str | None
    outcome: Outcome
    failure_cause: FailureCause | None
    message: str
    http_status_code: int | None
    created_at: Moment
    started_at: Moment
    duration_ms: int
    next_attempt_at: Moment | None
    is_expunged: bool
    request_bytes: int
    response_bytes: int

    @classmethod
    def summed(cls, record: HistoryRecord) -> "RecordSummary":
        """The record without bodies."""
        attempt, exchange = record.attempt, record.exchange
        return cls(
            id=str(attempt.record_id),
            webhook_id=attempt.webhook_id,
            delivery_id=attempt.delivery_id,
            notification_id=attempt.notification_id,
            notification_type=attempt.notification_type,
            attempt_number=attempt.attempt_number,
            trigger=attempt.trigger,
            retry_of=attempt.retry_of,
            outcome=record.outcome,
            failure_cause=record.failure,
            message=record.message,
            http_status_code=exchange.response.status if exchange.response else None,
            created_at=record.created_at,
            started_at=exchange.started_at,
            duration_ms=exchange.duration_ms,
            next_attempt_at=record.next_attempt_at,
            is_expunged=record.expunged is not None,
            request_bytes=record.sizes.request_bytes,
            response_bytes=record.sizes.response_bytes,
        )


class RecordOut(RecordSummary):
    """One attempt with its request and response, or what is left of them after it was expunged."""

    request: SentOut
    response: AnsweredOut | None

    @classmethod
    def of(cls, record: HistoryRecord, *, is_own: bool) -> "RecordOut":
        """The record, for the webhook's owner or for others."""
        exchange = record.exchange
        return cls(
            **dict(RecordSummary.summed(record)),
            request=SentOut.of(exchange.request, is_own=is_own),
            response=AnsweredOut.of(exchange.response) if exchange.response else None,
        )


class RetryOut(Outgoing):
    """A retry: the id that its record will have, and the record that it repeats."""

    id: str
    retry_of: str


def _text(body: bytes, content_type: str | None = None, *, is_cut: bool = False) -> tuple[str, Literal["base64"] | None]:
    text = charsets.text_of(body, content_type, is_cut=is_cut)
    return (base64.b64encode(body).decode(), "base64") if text is None else (text, None)


def _headers(headers: Headers) -> ShownHeaders:
    shown: ShownHeaders = {}
    spellings: dict[str, str] = {}
    for name, value in headers:
        spelling = spellings.setdefault(name.lower(), name)
        before = shown.get(spelling)
        if name.lower() == "set-cookie":
            shown[spelling] = [*(before or []), value]
        else:
            shown[spelling] = value if before is None else f"{before}, {value}"
    return shown
