"""What stands in the queues' messages, as text.

A text that is not what its queue is for raises `InvalidInput` with the reason: whoever reads the queue sets it aside.
"""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from chalicelib.codec import fields, plain
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.ids import RecordId

if TYPE_CHECKING:
    from chalicelib.domain.delivery.attempt import PendingAttempt
    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.domain.webhooks.webhook import Webhook

RECORD_BYTES_MAX: Final = 64 * 1024 * 1024
"""A record is never so long: what claims to be after expansion is not expanded any further."""


def attempt_to_text(attempt: PendingAttempt) -> str:
    """An attempt on its way to a receiver."""
    return fields.dumps(_from_attempt(attempt))


def attempt_to_bytes(attempt: PendingAttempt) -> bytes:
    """The same, as a row keeps it: fewer escapes, so that it compresses better."""
    return fields.dump_bytes(_from_attempt(attempt))


def attempt_from_text(text: str | bytes) -> PendingAttempt:
    """The reverse of `attempt_to_text` and `attempt_to_bytes`; raise `InvalidInput` for anything else."""
    given = fields.loads(text)
    attempt = replace(
        plain.to_attempt(given, _record_id(given.text("record_id")), given.text("body")), hops=plain.to_hops(given)
    )
    if attempt.attempt_number < 1:
        message = "The message's attempt_number is not valid: attempts count from 1."
        raise InvalidInput(message, {"attempt_number": "1 or more is expected"})
    return attempt


def without_hops(text: str) -> str:
    """A message of ours, with no hops counted; a producer's notification, which has its hops elsewhere, stays as it is."""
    given = json.loads(text)
    if not {"hops", "since"} <= given.keys() or not {"record_id", "task"} & given.keys():
        return text
    return fields.dumps({key: value for key, value in given.items() if key not in {"hops", "since"}})


def webhook_to_text(webhook: Webhook) -> str:
    """A webhook, whole."""
    return fields.dumps({**plain.from_webhook(webhook), "health": plain.from_health(webhook.health)})


def webhook_from_text(text: str) -> Webhook:
    """The reverse of `webhook_to_text`; raise `InvalidInput` for anything else."""
    given = fields.loads(text)
    return plain.to_webhook(given, plain.to_health(given.object("health")))


def record_to_text(record: HistoryRecord) -> str:
    """A record: its id, a blank, and the rest compressed."""
    blob = zlib.compress(plain.from_record(record))
    return f"{record.attempt.record_id} {base64.b64encode(blob).decode()}"


def record_from_text(text: str) -> HistoryRecord:
    """The reverse of `record_to_text`; raise `InvalidInput` for anything else."""
    record_id, _, blob = text.partition(" ")
    try:
        expander = zlib.decompressobj()
        data = expander.decompress(base64.b64decode(blob, validate=True), RECORD_BYTES_MAX)
    except (ValueError, zlib.error) as error:
        message = f"The message is no record: {error}."
        raise InvalidInput(message) from error
    if not expander.eof:
        message = "The message is no record: it breaks off."
        raise InvalidInput(message)
    return plain.to_record(_record_id(record_id), data)


def _from_attempt(attempt: PendingAttempt) -> fields.Plain:
    hops = plain.from_hops(attempt.hops)
    return {"record_id": str(attempt.record_id), **plain.from_attempt(attempt), **hops, "body": attempt.body}


def _record_id(text: str) -> RecordId:
    record_id = RecordId.parse(text)
    if record_id is None:
        message = "The message's record_id is not valid: no record has such an id."
        raise InvalidInput(message, {"record_id": "a record's id is expected"})
    return record_id
