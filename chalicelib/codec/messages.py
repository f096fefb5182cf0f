"""The messages of the queues, as text.

A text that is not valid raises `InvalidInput` with the reason. The worker that reads it sets it aside.
"""

from __future__ import annotations

import base64
import json
import zlib
from typing import TYPE_CHECKING, Final

from chalicelib.codec import records
from chalicelib.codec.codec import Codec
from chalicelib.codec.forms import Form
from chalicelib.domain.delivery.attempt import PendingAttempt
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.ids import RecordId
from chalicelib.domain.webhooks.webhook import Webhook

if TYPE_CHECKING:
    from chalicelib.domain.history.records import HistoryRecord

CODEC: Final = Codec().prepare(PendingAttempt)
RECORD_BYTES_MAX: Final = 64 * 1024 * 1024
"""A record is never so long: what claims to be after expansion is not expanded any further."""


def attempt_to_text(attempt: PendingAttempt) -> str:
    """An attempt on its way to a receiver."""
    return CODEC.to_text(attempt)


def attempt_to_bytes(attempt: PendingAttempt) -> bytes:
    """The same, as a row keeps it: fewer escapes, so that it compresses better."""
    return CODEC.to_bytes(attempt)


def attempt_from_text(text: str | bytes) -> PendingAttempt:
    """The reverse of `attempt_to_text` and `attempt_to_bytes`; raise `InvalidInput` for anything else."""
    attempt = CODEC.from_json(PendingAttempt, text)
    if attempt.attempt_number < 1:
        message = "The message's attempt_number is not valid: attempts count from 1."
        raise InvalidInput(message, {"attempt_number": "1 or more is expected"})
    return attempt


def without_hops(text: str) -> str:
    """A message of ours, with no hops counted; a producer's notification, which has its hops elsewhere, stays as it is."""
    given = json.loads(text)
    if "hops" not in given or not {"record_id", "work"} & given.keys():
        return text
    return json.dumps({key: value for key, value in given.items() if key != "hops"}, separators=(",", ":"))


def webhook_to_text(webhook: Webhook) -> str:
    """A webhook, whole."""
    return CODEC.to_text(webhook)


def webhook_from_text(text: str) -> Webhook:
    """The reverse of `webhook_to_text`; raise `InvalidInput` for anything else."""
    return CODEC.from_json(Webhook, text)


def record_to_text(record: HistoryRecord) -> str:
    """A record: its id, a blank, and the rest compressed."""
    blob = zlib.compress(records.to_bytes(record))
    return f"{record.attempt.record_id} {base64.b64encode(blob).decode()}"


def record_from_text(text: str) -> HistoryRecord:
    """The reverse of `record_to_text`; raise `InvalidInput` for anything else."""
    id_text, _, blob = text.partition(" ")
    try:
        expander = zlib.decompressobj()
        data = expander.decompress(base64.b64decode(blob, validate=True), RECORD_BYTES_MAX)
    except (ValueError, zlib.error) as error:
        message = f"The message is no record: {error}."
        raise InvalidInput(message) from error
    record_id = RecordId.parse(id_text)
    if record_id is None or not expander.eof:
        message = "The message is no record: it breaks off, or no record has such an id."
        raise InvalidInput(message)
    return records.from_bytes(record_id, data)


RECORD: Final = Form(str, record_to_text, record_from_text)
"""A record that is a member of a message."""
