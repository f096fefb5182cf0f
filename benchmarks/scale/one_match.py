"""A notification for one webhook, among few webhooks and among many."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from benchmarks.figures import Findings
from benchmarks.scale import subscribers
from benchmarks.scale.comparing import Action, compare
from benchmarks.scale.steps import process_queue, require
from chalicelib.workers import notify

if TYPE_CHECKING:
    from benchmarks.scale.deployment import Deployment
    from benchmarks.scale.sizes import Sizes


def measure(few: Deployment, many: Deployment, sizes: Sizes) -> Findings:
    """Compare a small and a large deployment."""
    found = compare(Action(few, partial(_found, few)), Action(many, partial(_found, many)), sizes.repeats)
    what = f"one match, {sizes.webhooks_many:,} webhooks against {sizes.webhooks_few:,}"
    return Findings(figures=[found.requests(what), found.capacity(what), found.time(what)])


def _found(deployment: Deployment) -> None:
    """Fan out a notification that matches one webhook."""
    before = deployment.queues.counted["deliveries"]
    deployment.service.adapters.accepted.send([subscribers.notification_for_one()])
    steps = list(process_queue(deployment, "accepted", notify.notify))
    sent = deployment.queues.counted["deliveries"] - before
    require(done=(len(steps), sent) == (1, 1), what=f"{sent} deliveries were enqueued in {len(steps)} steps.")
