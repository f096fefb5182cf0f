"""One notification to few and to many webhooks: what grows with the matches, and what does not."""

from __future__ import annotations

import gc
import sys
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.figures import Figure, Findings, Plot, Point, Spread
from benchmarks.scale import subscribers
from benchmarks.scale.steps import LOOSE, TIGHT, process_queue, require
from chalicelib.adapters.dynamodb import webhook_item
from chalicelib.workers import notify

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.scale.deployment import Deployment
    from benchmarks.scale.sizes import Sizes
    from benchmarks.scale.steps import Step

_MEMORY_EVERY: Final = 10
_SETTLED: Final = 3
"""Steps until a process has allocated all that it keeps: connections, compiled expressions, threads' memory."""
_LONG_MATCHES: Final = 10_000
"""A fan-out to more webhooks is long enough to be measured once."""
_REPEATS_MAX: Final = 7


class Fan(NamedTuple):
    """The steps of one notification. `held` is the number of Python's memory blocks, early and at the end."""

    matches: int
    steps: Sequence[Step]
    held: tuple[int, int]

    @property
    def operations(self) -> Counter[str]:
        """Requests to AWS, by operation."""
        return sum((each.requests for each in self.steps), Counter())

    @property
    def per_match(self) -> float:
        """Requests to AWS for each match."""
        return self.operations.total() / self.matches

    @property
    def ms_per_match(self) -> float:
        """Milliseconds for each match."""
        return 1_000 * sum(each.seconds for each in self.steps) / self.matches

    @property
    def peaks_mb(self) -> list[float]:
        """The peak memory of each watched step, except a last one that finds no more matches."""
        return [each.peak_mb for each in self.steps if each.peak_mb is not None and each.requests["BatchGetItem"]]


class _Measured(NamedTuple):
    """One number of matches: several runs to measure the time, and one for the memory."""

    timed: list[Fan]
    watched: Fan

    @property
    def matches(self) -> int:
        return self.watched.matches

    @property
    def per_match(self) -> float:
        return self.watched.per_match

    @property
    def ms(self) -> Spread:
        """Milliseconds for each match."""
        return Spread.of([each.ms_per_match for each in self.timed])


def measure(deployment: Deployment, sizes: Sizes) -> Findings:
    """Fan out notifications to each number of `sizes.matches` of the webhooks of `subscribers.load_webhooks`."""
    fanned(deployment, subscribers.TYPES[1], sizes.matches[1])
    found = [_measured(deployment, *each, sizes.repeats) for each in zip(subscribers.TYPES, sizes.matches, strict=True)]
    return Findings(
        figures=[*(_figure(each, sizes) for each in found), *_ratios(found)],
        plots=_plots(found),
        notes=[f"Fan-out to {each.matches:,}, requests: {_listed(each.watched)}." for each in found],
    )


def fanned(deployment: Deployment, notification_type: str, matches: int, *, is_watched: bool = False) -> Fan:
    """Fan out one notification, with empty caches. Check that all deliveries were enqueued."""
    webhook_item._of_text.cache_clear()  # noqa: SLF001 - a thousand would still be cached, a hundred thousand would not
    before = deployment.queues.counted["deliveries"]
    deployment.service.adapters.accepted.send([subscribers.notification(notification_type)])
    steps, early = [], 0
    for step in process_queue(deployment, "accepted", notify.notify, _MEMORY_EVERY if is_watched else 0):
        steps.append(step)
        early = _held() if is_watched and len(steps) <= _SETTLED else early
    sent = deployment.queues.counted["deliveries"] - before
    require(done=sent == matches, what=f"{sent} deliveries were enqueued instead of {matches}.")
    return Fan(matches, steps, (early, _held()))


def _measured(deployment: Deployment, notification_type: str, matches: int, repeats: int) -> _Measured:
    repeats = 1 if matches > _LONG_MATCHES else min(repeats, _REPEATS_MAX)
    timed = [fanned(deployment, notification_type, matches) for _ in range(repeats)]
    return _Measured(timed, fanned(deployment, notification_type, matches, is_watched=True))


def _held() -> int:
    gc.collect()
    return sys.getallocatedblocks()


def _figure(found: _Measured, sizes: Sizes) -> Figure:
    return Figure(
        what=f"Fan-out to {found.matches:,} of {sizes.webhooks_many:,} webhooks",
        steady=found.per_match,
        of="requests a match",
        absolute=found.ms,
        unit="ms a match",
    )


def _ratios(found: Sequence[_Measured]) -> list[Figure]:
    _, some, many = found
    against = f"{many.matches:,} matches against {some.matches:,}"
    peaks, early, late = many.watched.peaks_mb, *many.watched.held
    return [
        Figure(
            what=f"Requests a match, {against}", steady=many.per_match / some.per_match, of="times", steady_at_most=TIGHT
        ),
        Figure(
            what=f"Time a match, {against}",
            steady=many.ms.median / some.ms.median,
            of="times",
            absolute=many.ms,
            unit="ms a match",
            steady_at_most=LOOSE,
        ),
        Figure(
            what=f"Peak memory of a step, {against}",
            steady=max(peaks) / max(some.watched.peaks_mb),
            of="times",
            absolute=Spread.of(peaks),
            unit="MB",
            steady_at_most=TIGHT,
        ),
        Figure(
            what=f"What the process holds after {len(many.watched.steps)} steps, against {_SETTLED}",
            steady=late / early,
            of="times",
            steady_at_most=TIGHT,
        ),
    ]


def _plots(found: Sequence[_Measured]) -> list[Plot]:
    requests = [Point(each.matches, each.watched.operations.total()) for each in found]
    milliseconds = [Point(each.matches, each.ms.median * each.matches) for each in found]
    peaks = [Point(each.matches, max(each.watched.peaks_mb)) for each in found]
    return [
        Plot(
            name="scale-fan-out",
            title="One notification: requests and time grow with the matches",
            x="matches",
            y="requests to AWS, milliseconds",
            lines={"requests": requests, "milliseconds": milliseconds},
            is_log_x=True,
            is_log_y=True,
        ),
        Plot(
            name="scale-memory",
            title="One notification: memory grows to a full step, and no further",
            x="matches",
            y="peak memory of a step, MB",
            lines={"notify worker": peaks},
            is_log_x=True,
        ),
    ]


def _listed(fan: Fan) -> str:
    return ", ".join(f"{count:,} {operation}" for operation, count in fan.operations.most_common())
