"""The purge worker: what deleted webhooks leave behind."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint, SQSEvent

from chalicelib import bootstrap, cold_start
from chalicelib.services import messages
from chalicelib.workers import batches

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue="purges", batch_size=1, name="purge")
def purge(event: SQSEvent) -> dict[str, Any]:
    """Do a step of each purge."""
    work = bootstrap.house().purge
    return batches.each(event.to_dict()["Records"], lambda record: work.step(messages.webhook_from_text(record["body"])))


cold_start.prepare(__name__, lambda house: (house.purge, house.world.dead_letters))
