"""The notify worker: notifications in, deliveries out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from chalice.app import Blueprint, SQSEvent

from chalicelib import bootstrap, cold_start
from chalicelib.services.arrivals import ReceivedNotification
from chalicelib.workers import batches

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue="notifications", batch_size=10, name="notify")
def notify(event: SQSEvent) -> dict[str, Any]:
    """Fan each notification out, or do the next step of one; all of a batch are sent together."""
    batch = bootstrap.house().fan_out.batch()
    records = event.to_dict()["Records"]
    begun = batches.each(records, lambda record: batch.begin(_received(record)))
    ended = batches.each(records, lambda record: batch.end(record["messageId"]))
    return batches.response(records, {*begun, *ended})


def _received(record: batches.Record) -> ReceivedNotification:
    sent_at = datetime.fromtimestamp(int(record["attributes"]["SentTimestamp"]) / 1000, UTC)
    return ReceivedNotification(record["body"], batches.attributes(record), record["messageId"], sent_at)


cold_start.prepare(__name__, lambda house: (house.fan_out, house.world.dead_letters, house.world.redelivery))
