"""The deliver workers: one handler for each lane, so that slow attempts delay only slow attempts."""

from __future__ import annotations

import logging
from typing import Any

from chalice.app import Blueprint, SQSEvent

from chalicelib.codec import messages
from chalicelib.composition import deliver as composition
from chalicelib.composition import process
from chalicelib.delivery.deliver import ReceivedAttempt
from chalicelib.delivery.ports import Lane
from chalicelib.domain.delivery.hops import Runaway
from chalicelib.domain.errors import InvalidInput, Unavailable
from chalicelib.workers import batches

log = logging.getLogger(__name__)

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue="deliveries", batch_size=10, name="deliver")
def deliver(event: SQSEvent) -> dict[str, Any]:
    """Send the attempts of the fast lane."""
    return _deliver(event, Lane.FAST)


@blueprint.on_sqs_message(queue="slow-deliveries", batch_size=10, name="deliver_slow")
def deliver_slow(event: SQSEvent) -> dict[str, Any]:
    """Send the attempts of the slow lane."""
    return _deliver(event, Lane.SLOW)


def _deliver(event: SQSEvent, lane: Lane) -> dict[str, Any]:
    work = process.current().made(composition.deliver)
    received: list[ReceivedAttempt] = []
    failed: list[str] = []
    records = event.to_dict()["Records"]
    for record in records:
        try:
            received.append(_received(record))
        except (InvalidInput, Runaway) as error:
            failed += _set_aside(record, error)
    try:
        failed += work.batch(received, lane)
    except Exception:
        # If it were raised, SQS would deliver the messages again that are on the dead-letter queue by now.
        log.exception("batch.failed", extra={"attempts": len(received)})
        failed += [each.message_id for each in received]
    return batches.response(records, failed)


def _received(record: batches.Record) -> ReceivedAttempt:
    receive_count = int(record["attributes"]["ApproximateReceiveCount"])
    attempt = messages.attempt_from_text(record["body"])
    attempt.hops.check(process.current().settings.attempt_hops_max)
    return ReceivedAttempt(record["messageId"], attempt, receive_count)


def _set_aside(record: batches.Record, problem: InvalidInput | Runaway) -> list[str]:
    """Put a message on the dead-letter queue; return its id if that is refused for now."""
    try:
        batches.set_aside(record, problem)
    except Unavailable as error:
        log.warning("message.handed_back", extra={"message_id": record["messageId"], "reason": error.message})
        return [record["messageId"]]
    return []


process.prepare(__name__, composition.deliver)
