"""A history record as bytes: a line of JSON, then the request's body and the response's body byte for byte.

The bodies need no escapes and no base64 this way, and compress better. The record's id is not in it: the key of the item, or
the message, has it.
"""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.codec.codec import Codec
from chalicelib.domain.delivery.attempt import OutboundRequest, PendingAttempt, Response
from chalicelib.domain.delivery.hops import NONE as NO_HOPS
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.history.records import HistoryRecord
from chalicelib.domain.ids import RecordId


@dataclass(frozen=True, slots=True)
class _Head:
    """The line of JSON; `body` is that of the attempt, if it is not the request's."""

    record: HistoryRecord
    body_bytes: int
    body: str | None = None


_CODEC = Codec(
    aside={
        PendingAttempt: {"record_id": RecordId("", ""), "body": "", "hops": NO_HOPS},
        OutboundRequest: {"body": b""},
        Response: {"body": b""},
    }
).prepare(_Head)


def to_bytes(record: HistoryRecord) -> bytes:
    """A record without its id."""
    request, response = record.exchange.request, record.exchange.response
    is_same = record.attempt.body.encode("utf-8", "surrogatepass") == request.body
    head = _Head(record, len(request.body), None if is_same else record.attempt.body)
    return b"".join((_CODEC.to_bytes(head), b"\n", request.body, response.body if response else b""))


def from_bytes(record_id: RecordId, data: bytes) -> HistoryRecord:
    """The reverse of `to_bytes`; raise `InvalidInput` if the bytes are no record."""
    line, _, bodies = data.partition(b"\n")
    head = _CODEC.decoded(_Head, line)
    sent, received = bodies[: head.body_bytes], bodies[head.body_bytes :]
    attempt, exchange = head.record.attempt, head.record.exchange
    attempt.record_id, attempt.body = record_id, _text_of(sent) if head.body is None else head.body
    exchange.request.body = sent
    if exchange.response is not None:
        exchange.response.body = received
    return _CODEC.loaded(_Head, head).record


def _text_of(body: bytes) -> str:
    try:
        return body.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        message = "The record's body is no text, and there is no other."
        raise InvalidInput(message) from error
