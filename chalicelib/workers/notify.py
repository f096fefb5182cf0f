"""The notify worker: notifications in, deliveries out.

It reads two queues. Event sources send raw texts to `notifications`. Only the service sends to `accepted`: notifications
from the API, scheduled ones that are due, and continuations of a fan-out. The second queue is added in
`infra/template/functions.json`, because a Chalice handler has one queue.
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
    """Fan out each notification, or do its next step."""
    records = event.to_dict()["Records"]
    failures = process.current().made(fan_out).batch([_received(record) for record in records])

    def check(record: batches.Record) -> None:
        if record["messageId"] in failures:
            raise failures[record["messageId"]]

    return batches.response(records, batches.each(records, check))


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
