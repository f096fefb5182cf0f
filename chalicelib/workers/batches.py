"""How a worker processes a batch: message by message, and a failure concerns only its own message.

A message that is not valid goes to the dead-letter queue with the reason. One that cannot be processed now is returned to
SQS (`batchItemFailures`). An unexpected error is logged with its traceback, and the message is returned too: SQS moves it to
the dead-letter queue in the end.
"""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, Any, Final

from chalicelib.background.ports import ReturnedMessage
from chalicelib.codec import messages
from chalicelib.composition import process
from chalicelib.domain.delivery.hops import Runaway
from chalicelib.domain.errors import (
    InvalidInput,
    NotificationIdTaken,
    PosthornError,
    SchemaViolation,
    TooLarge,
    Unavailable,
)
from chalicelib.domain.notifications import envelope

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from chalicelib.ports import Entropy

log = logging.getLogger(__name__)

BACKOFF_MAX_S: Final = 600
"""The longest wait of a message that was returned."""
_BACKOFF_DOUBLINGS_MAX: Final = 10

Record = dict[str, Any]
"""One record of a Lambda SQS event."""


def each(records: Iterable[Record], work: Callable[[Record], None]) -> list[str]:
    """Do the work for each record; return the ids of the messages that SQS is to deliver again."""
    return [record["messageId"] for record in records if not _is_done(record, work)]


def response(records: Sequence[Record], failed: Collection[str]) -> dict[str, list[dict[str, str]]]:
    """Lambda's partial batch response: SQS delivers these messages again, after a short backoff.

    By default they would come again after the queue's visibility timeout, six minutes. If SQS refuses the change, they do.
    """
    again = [record for record in records if record["messageId"] in failed]
    if again:
        adapters = process.current().adapters
        returned = [ReturnedMessage(each["receiptHandle"], _delay_s(each, adapters.entropy)) for each in again]
        try:
            adapters.redelivery.delay(again[0]["eventSourceARN"], returned)
        except Unavailable as error:
            log.warning("message.not_brought_back", extra={"messages": len(again), "reason": error.message})
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in again]}


def _delay_s(record: Record, entropy: Entropy) -> int:
    """Exponential backoff with jitter, by how often the message was delivered: 1 to 2 s at first, 5 to 10 min in the end."""
    count = min(int(record["attributes"]["ApproximateReceiveCount"]), _BACKOFF_DOUBLINGS_MAX)
    ceiling_s: float = min(2.0**count, BACKOFF_MAX_S)
    return math.ceil(ceiling_s * (1 + entropy.take(1)[0] / 255) / 2)


def set_aside(record: Record, error: PosthornError | Runaway) -> None:
    """Put a message on its queue's dead-letter queue; raise `Unavailable` if that queue refuses.

    A runaway has its own log event, for the metric and the alarm. Its dead letter has no hops: after a redrive the count
    begins again. An accepted notification keeps the service's attributes: it continues where it stopped, with its ids.
    """
    is_runaway = isinstance(error, Runaway)
    body = messages.without_hops(record["body"]) if is_runaway else record["body"]
    own = _own_attributes(record, (envelope.HOPS,) if is_runaway else ())
    process.current().adapters.dead_letters.set_aside(record["eventSourceARN"], body, error.message, own)
    event = "message.runaway" if is_runaway else "message.set_aside"
    log.warning(event, extra={"message_id": record["messageId"], "reason": error.message})


def attributes(record: Record) -> Mapping[str, str]:
    """The message's own string attributes."""
    values = record.get("messageAttributes") or {}
    return {name: value["stringValue"] for name, value in values.items() if value.get("stringValue") is not None}


def is_accepted(record: Record) -> bool:
    """Whether a notification came by the queue on which only the service may send, so that its attributes count."""
    accepted_url = process.current().settings.accepted_queue_url
    queue: str = record["eventSourceARN"].rpartition(":")[2]
    return queue == accepted_url.rpartition("/")[2]


def _own_attributes(record: Record, without: Collection[str]) -> Mapping[str, str]:
    """The attributes that the service has set; a producer's are dropped."""
    if not is_accepted(record):
        return {}
    every = attributes(record)
    return {name: every[name] for name in envelope.own(every) if name not in without}


def _is_done(record: Record, work: Callable[[Record], None]) -> bool:
    try:
        try:
            work(record)
        except (InvalidInput, NotificationIdTaken, SchemaViolation, TooLarge, Runaway) as error:
            set_aside(record, error)
    except Unavailable as error:
        log.warning("message.returned", extra={"message_id": record["messageId"], "reason": error.message})
        return False
    except Exception:
        log.exception("message.failed", extra={"message_id": record["messageId"]})
        return False
    return True
