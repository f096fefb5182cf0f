"""The notify worker: notifications in, deliveries out.

It works on two queues. On `notifications` event sources send raw texts; on `accepted` the service alone sends what it has
taken: from the API, put off until now, or the rest of a fan-out. The second one is added in `infra/template/functions.json`,
since a handler of Chalice has one queue.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from chalice.app import Blueprint, SQSEvent

from chalicelib.composition import process
from chalicelib.composition.notify import fan_out
from chalicelib.intake.messages import ReceivedNotification
from chalicelib.workers import batches

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue="notifications", batch_size=10, name="notify")
def notify(event: SQSEvent) -> dict[str, Any]:
    """Fan each notification out, or do the next step of one; all of a batch are sent together, the lightest first."""
    batch = process.current().made(fan_out).batch()
    records = event.to_dict()["Records"]
    received = {record["messageId"]: _received(record) for record in records}
    if len(received) > 1:
        records.sort(key=lambda record: batch.weight(received[record["messageId"]]))
    begun = batches.each(records, lambda record: batch.begin(received[record["messageId"]]))
    ended = batches.each(records, lambda record: batch.end(record["messageId"]))
    return batches.response(records, {*begun, *ended})


def _received(record: batches.Record) -> ReceivedNotification:
    sent_at = datetime.fromtimestamp(int(record["attributes"]["SentTimestamp"]) / 1000, UTC)
    return ReceivedNotification(
        record["body"],
        batches.attributes(record),
        record["messageId"],
        sent_at,
        sender_id=record["attributes"].get("SenderId", ""),
        is_accepted=batches.is_accepted(record),
    )


process.prepare(__name__, fan_out)
