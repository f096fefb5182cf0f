"""How a worker goes through a batch: message by message, none harming another.

A message that cannot be understood is set aside with its reason; one that cannot be worked on for now is handed back
(`batchItemFailures`); only what is unexpected is handed back with its trace in the log, to end in the dead-letter queue.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from chalicelib import bootstrap
from chalicelib.domain.errors import InvalidInput, SchemaViolation, TooLarge, Unavailable
from chalicelib.domain.hops import Runaway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

log = logging.getLogger(__name__)

Record = dict[str, Any]
"""One record of a Lambda SQS event."""


def each(records: Iterable[Record], work: Callable[[Record], None]) -> dict[str, list[dict[str, str]]]:
    """Do the work for each record; return Lambda's partial batch response."""
    return failures(record["messageId"] for record in records if not _is_done(record, work))


def both(first: dict[str, list[dict[str, str]]], second: dict[str, list[dict[str, str]]]) -> dict[str, list[dict[str, str]]]:
    """The response to work in two parts: a message is handed out again where either failed."""
    return {key: [*first[key], *second[key]] for key in first}


def failures(message_ids: Iterable[str]) -> dict[str, list[dict[str, str]]]:
    """Lambda's partial batch response: these are to be handed out again."""
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in message_ids]}


def set_aside(record: Record, reason: str) -> None:
    """Put a message on its queue's dead-letter queue; raise `Unavailable` where that refuses."""
    bootstrap.house().world.dead_letters.set_aside(record["eventSourceARN"], record["body"], reason)
    log.warning("message.set_aside", extra={"message_id": record["messageId"], "reason": reason})


def attributes(record: Record) -> Mapping[str, str]:
    """The message's own string attributes."""
    given = record.get("messageAttributes") or {}
    return {name: value["stringValue"] for name, value in given.items() if value.get("stringValue") is not None}


def _is_done(record: Record, work: Callable[[Record], None]) -> bool:
    try:
        try:
            work(record)
        except (InvalidInput, SchemaViolation, TooLarge) as error:
            set_aside(record, error.message)
        except Runaway as error:
            log.error("message.runaway", extra={"message_id": record["messageId"], "reason": error.message})  # noqa: TRY400 - no bug
            set_aside(record, error.message)
    except Unavailable as error:
        log.warning("message.handed_back", extra={"message_id": record["messageId"], "reason": error.message})
        return False
    except Exception:
        log.exception("message.failed", extra={"message_id": record["messageId"]})
        return False
    return True
