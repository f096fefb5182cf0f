"""The recover worker: what people ask for again, page by page."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint, SQSEvent

from chalicelib import bootstrap, cold_start
from chalicelib.workers import batches

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue="recoveries", batch_size=1, name="recover")
def recover(event: SQSEvent) -> dict[str, Any]:
    """Do a step of each recovery."""
    work = bootstrap.house().recoverer
    return batches.each(event.to_dict()["Records"], lambda record: work.step(record["body"]))


cold_start.prepare(__name__, lambda house: (house.recoverer, house.world.dead_letters))
