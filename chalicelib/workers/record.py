"""The record worker: records that the history table would not take, until it does."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint, SQSEvent

from chalicelib import bootstrap, cold_start
from chalicelib.services import messages
from chalicelib.workers import batches

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue="records", batch_size=10, name="record")
def record(event: SQSEvent) -> dict[str, Any]:
    """Write each record."""
    keeper = bootstrap.house().keeper
    return batches.each(event.to_dict()["Records"], lambda each: keeper.write(messages.record_from_text(each["body"])))


cold_start.prepare(__name__, lambda house: (house.keeper, house.world.dead_letters))
