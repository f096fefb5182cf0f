"""The background worker: purges, recoveries, refused records, and the release of waiting deliveries, step by step."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint, SQSEvent

from chalicelib import bootstrap, cold_start
from chalicelib.background import tasks
from chalicelib.background.tasks import FollowOwner, PurgeHistory, ReleaseDeliveries, StepRecovery, WriteRecord
from chalicelib.workers import batches

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue="background", batch_size=1, name="background")
def background(event: SQSEvent) -> dict[str, Any]:
    """Do one step of each task."""
    records = event.to_dict()["Records"]
    return batches.response(records, batches.each(records, _work))


def _work(record: batches.Record) -> None:
    task, rooms = tasks.from_text(record["body"]), bootstrap.house()
    task.hops.check(rooms.settings.step_hops_max)
    match task.work:
        case PurgeHistory(webhook):
            rooms.purge.step(webhook, task.hops)
        case StepRecovery(recovery_id):
            rooms.recoverer.step(recovery_id, task.hops)
        case WriteRecord(kept):
            rooms.keeper.write(kept)
        case ReleaseDeliveries(webhook_id):
            rooms.release.step(webhook_id, task.hops)
        case FollowOwner():
            rooms.owners.step(task.work, task.hops)


cold_start.prepare(
    __name__,
    lambda house: (house.purge, house.recoverer, house.keeper, house.release, house.owners, house.world.dead_letters),
)
