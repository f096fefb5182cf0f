"""The background worker: purges, recoveries, refused records, and the release of waiting deliveries, step by step."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint, SQSEvent

from chalicelib.background import tasks
from chalicelib.background.tasks import FollowOwner, PurgeHistory, ReleaseDeliveries, StepRecovery, WriteRecord
from chalicelib.composition import process
from chalicelib.composition.background import steps
from chalicelib.workers import batches

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue="background", batch_size=1, name="background")
def background(event: SQSEvent) -> dict[str, Any]:
    """Do one step of each task."""
    records = event.to_dict()["Records"]
    return batches.response(records, batches.each(records, _work))


def _work(record: batches.Record) -> None:
    task, here = tasks.from_text(record["body"]), process.current()
    task.hops.check(here.settings.step_hops_max)
    does = here.made(steps)
    match task.work:
        case PurgeHistory(webhook):
            does.purge.step(webhook, task.hops)
        case StepRecovery(recovery_id):
            does.recoverer.step(recovery_id, task.hops)
        case WriteRecord(kept):
            does.keeper.write(kept)
        case ReleaseDeliveries(webhook_id):
            does.release.step(webhook_id, task.hops)
        case FollowOwner():
            does.owners.step(task.work, task.hops)


process.prepare(__name__, steps)
