"""A notification that one webhook wants, among few webhooks and among many."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from benchmarks.figures import Findings
from benchmarks.scale import crowd
from benchmarks.scale.comparing import Act, compare
from benchmarks.scale.steps import require, worked_off
from chalicelib.workers import notify

if TYPE_CHECKING:
    from benchmarks.scale.ground import Ground
    from benchmarks.scale.sizes import Sizes


def measure(few: Ground, many: Ground, sizes: Sizes) -> Findings:
    """Do the same to the small service and to the large one."""
    found = compare(Act(few, partial(_found, few)), Act(many, partial(_found, many)), sizes.repeats)
    what = f"one match, {sizes.webhooks_many:,} webhooks against {sizes.webhooks_few:,}"
    return Findings(figures=[found.requests(what), found.capacity(what), found.time(what)])


def _found(ground: Ground) -> None:
    """Fan a notification out that one webhook wants."""
    before = ground.queues.counted["deliveries"]
    ground.service.adapters.accepted.send([crowd.lonely_notification()])
    steps = list(worked_off(ground, "accepted", notify.notify))
    sent = ground.queues.counted["deliveries"] - before
    require(done=(len(steps), sent) == (1, 1), what=f"{sent} deliveries were enqueued in {len(steps)} steps.")
