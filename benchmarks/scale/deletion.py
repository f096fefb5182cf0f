"""Deleting a webhook with a short history and one with a long one, and purging the long one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from benchmarks.figures import Figure, Findings, Plot, Point, Spread
from benchmarks.scale import histories
from benchmarks.scale.comparing import Action, compare
from benchmarks.scale.deployment import ADMIN
from benchmarks.scale.pages import LIMIT
from benchmarks.scale.steps import LOOSE, TIGHT, change, process_queue, require
from chalicelib.adapters.dynamodb.batches import WRITES_MAX
from chalicelib.background.tasks import PurgeHistory, Task
from chalicelib.composition.api import services
from chalicelib.domain.history.filters import HistoryFilter
from chalicelib.workers import background
from testbed import samples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.scale.deployment import Deployment
    from benchmarks.scale.sizes import Sizes
    from benchmarks.scale.steps import Step
    from chalicelib.domain.webhooks.webhook import Webhook


def measure(deployment: Deployment, sizes: Sizes) -> Findings:
    """Delete both webhooks alternately, and create them again each time, since the history stays. Then purge."""
    small, large = (_with_history(deployment, count) for count in (sizes.deleted_few, sizes.deleted_many))
    found = compare(_deleting(deployment, small), _deleting(deployment, large), sizes.repeats)
    steps = _purged(deployment, large)
    pages = _pages_of_all(deployment)
    what = f"deletion, {sizes.deleted_many:,} records against {sizes.deleted_few:,}"
    return Findings(
        figures=[found.requests(what), found.time(what), _requests(steps, sizes), _time(steps, sizes), pages],
        plots=[_plot(steps)],
        notes=[
            "A deletion's answer waits a second by design (docs/adr/0006-deletion-waits.md); it is measured without it.",
            f"The purge of {sizes.deleted_many:,} records took {len(steps)} steps, PURGE_S {sizes.settings['PURGE_S']}.",
        ],
    )


def _with_history(deployment: Deployment, count: int) -> Webhook:
    webhook = samples.webhook()
    histories.load_successes(deployment.tables, webhook.id, count)
    return webhook


def _deleting(deployment: Deployment, webhook: Webhook) -> Action:
    webhooks, store = deployment.service.made(services).webhooks, deployment.service.adapters.webhooks
    return Action(deployment, partial(webhooks.delete, ADMIN, webhook.id), partial(store.create, webhook))


def _purged(deployment: Deployment, webhook: Webhook) -> list[Step]:
    """Purge the history, and check that nothing is left. The messages of the deletions are removed before."""
    while deployment.queues.take("background") is not None:
        pass
    deployment.service.adapters.background.send([Task(PurgeHistory(webhook))])
    steps = list(process_queue(deployment, "background", background.background))
    left, _ = deployment.service.adapters.history.page(webhook.id, None, HistoryFilter(), 1)
    require(done=not left, what="The purge has left records.")
    return steps


def _pages_of_all(deployment: Deployment) -> Figure:
    """The journal lists purged records until its rows expire: how many pages an admin has to read to get past them."""
    behind, pages = None, 0
    while pages == 0 or behind is not None:
        records, behind = deployment.service.made(services).history.page_of_all(behind, HistoryFilter(), LIMIT)
        require(done=not records, what="A page of all webhooks has records of deleted ones.")
        pages += 1
    return Figure(what="Pages of all webhooks' history to get past the purged", steady=pages, of="pages")


def _whole(steps: Sequence[Step]) -> Sequence[Step]:
    """All steps without the last one, which has other work too, if there are others."""
    return steps[:-1] or steps


def _records(step: Step) -> int:
    return step.requests["BatchWriteItem"] * WRITES_MAX


def _rates(steps: Sequence[Step]) -> list[float]:
    """Records a second in each step."""
    return [_records(each) / each.seconds for each in _whole(steps)]


def _requests(steps: Sequence[Step], sizes: Sizes) -> Figure:
    each = [step.requests.total() / _records(step) for step in _whole(steps)]
    return Figure(
        what=f"Purge of {sizes.deleted_many:,}: requests a record, last steps against first",
        steady=change(each),
        of="times",
        absolute=Spread.of(each),
        unit="requests a record",
        steady_at_most=TIGHT,
    )


def _time(steps: Sequence[Step], sizes: Sizes) -> Figure:
    rates = _rates(steps)
    return Figure(
        what=f"Purge of {sizes.deleted_many:,}: time a record, last steps against first",
        steady=1 / change(rates),
        of="times",
        absolute=Spread.of(rates),
        unit="records a second",
        steady_at_most=LOOSE,
    )


def _plot(steps: Sequence[Step]) -> Plot:
    return Plot(
        name="scale-purge",
        title="Purge of a long history: records a second stay the same",
        x="step",
        y="records a second",
        lines={"purge worker": [Point(number, rate) for number, rate in enumerate(_rates(steps), 1)]},
    )
