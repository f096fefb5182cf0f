"""A recovery of all failures of a webhook: its last page takes as long as its first."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.figures import Figure, Findings, Plot, Point, Spread
from benchmarks.scale import histories
from benchmarks.scale.deployment import ADMIN
from benchmarks.scale.steps import LOOSE, TIGHT, change, process_queue, require
from chalicelib.composition.api import services
from chalicelib.domain.history.recovery import RecoveryState, Wanted
from chalicelib.workers import background
from testbed import samples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.scale.deployment import Deployment
    from benchmarks.scale.sizes import Sizes
    from benchmarks.scale.steps import Step

_MEMORY_EVERY: Final = 10
_DOTS: Final = 25


class _Phases(NamedTuple):
    """The steps of a recovery: first those that survey, then those that enqueue."""

    survey: Sequence[Step]
    recovery: Sequence[Step]


def measure(deployment: Deployment, sizes: Sizes) -> Findings:
    """Recover failed records, until the recovery is done."""
    webhook = samples.webhook()
    deployment.service.adapters.webhooks.create(webhook)
    histories.load_failures(deployment.tables, webhook.id, sizes.recovered)
    phases = _recovered(deployment, webhook.id, sizes.recovered)
    what = f"Recovery of {sizes.recovered:,}"
    return Findings(
        figures=[
            _time(f"{what}: time a page surveyed, last against first", phases.survey),
            _time(f"{what}: time a page enqueued, last against first", phases.recovery),
            _requests(what, phases, sizes.recovered),
            _memory(what, phases),
        ],
        plots=[_plot(phases)],
        notes=[_note(what, phases)],
    )


def _recovered(deployment: Deployment, webhook_id: str, count: int) -> _Phases:
    since = datetime.now(UTC) - histories.SPAN - timedelta(days=1)
    recovery = deployment.service.made(services).recoveries.start(ADMIN, webhook_id, Wanted.FAILED, since, None)
    before = deployment.queues.counted["slow-deliveries"]
    steps = list(process_queue(deployment, "background", background.background, _MEMORY_EVERY))
    ended = deployment.service.made(services).recoveries.get(ADMIN, webhook_id, recovery.id)
    sent = deployment.queues.counted["slow-deliveries"] - before
    require(
        done=(ended.state, ended.enqueued, sent) == (RecoveryState.DONE, count, count),
        what=f"The recovery is {ended.state} with {ended.enqueued} of {count}, and {sent} were sent.",
    )
    surveyed = next(number for number, each in enumerate(steps) if each.requests["SendMessageBatch"] > 1)
    return _Phases(steps[:surveyed], steps[surveyed:])


def _time(what: str, steps: Sequence[Step]) -> Figure:
    times_ms = [1_000 * each.seconds for each in steps if each.peak_mb is None]
    taken = Spread.of(times_ms)
    return Figure(what=what, steady=change(times_ms), of="times", absolute=taken, unit="ms a page", steady_at_most=LOOSE)


def _requests(what: str, phases: _Phases, count: int) -> Figure:
    total = sum(each.requests.total() for steps in phases for each in steps)
    return Figure(what=f"{what}: requests", steady=total / count, of="requests a record")


def _memory(what: str, phases: _Phases) -> Figure:
    peaks = [each.peak_mb for each in phases.recovery if each.peak_mb is not None]
    return Figure(
        what=f"{what}: peak memory of a step, last against first",
        steady=change(peaks),
        of="times",
        absolute=Spread.of(peaks),
        unit="MB",
        steady_at_most=TIGHT,
    )


def _plot(phases: _Phases) -> Plot:
    return Plot(
        name="scale-recovery",
        title="A recovery's pages take as long at the end",
        x="page",
        y="milliseconds",
        lines={"surveyed": _thinned(phases.survey), "enqueued": _thinned(phases.recovery)},
    )


def _thinned(steps: Sequence[Step]) -> list[Point]:
    """The median of neighbouring times: a thousand dots show no more than a few."""
    times_ms = [1_000 * each.seconds for each in steps if each.peak_mb is None]
    size = max(len(times_ms) // _DOTS, 1)
    return [Point(first + 1, median(times_ms[first : first + size])) for first in range(0, len(times_ms), size)]


def _note(what: str, phases: _Phases) -> str:
    total: Counter[str] = sum((each.requests for steps in phases for each in steps), Counter())
    asked = ", ".join(f"{count:,} {operation}" for operation, count in total.most_common())
    return f"{what}: {len(phases.survey):,} steps of survey, then {len(phases.recovery):,} more; {asked}."
