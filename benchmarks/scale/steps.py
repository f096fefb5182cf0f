"""A worker's steps, each started by a message as from SQS, and their measurements."""

from __future__ import annotations

import time
import tracemalloc
from collections import Counter
from functools import partial
from itertools import count
from statistics import median
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from chalicelib.composition import process
from local import events

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchmarks.scale.deployment import Deployment

Handler = Any
"""A worker's handler."""
_BYTES_PER_MB: Final = 1_000_000
_PARTS: Final = 5
LOOSE: Final = 1.2
"""The aim for a ratio of times, on a machine that also does other things."""
TIGHT: Final = 1.05
"""The aim for a ratio of counts, of which a few are independent of the size."""


class WrongResult(Exception):
    """A measured action did something wrong, so its figures are invalid."""


class Step(NamedTuple):
    """The measurements of a step. `peak_mb` is Python's peak memory; if it is measured, the time does not count."""

    seconds: float
    requests: Counter[str]
    peak_mb: float | None


def process_queue(deployment: Deployment, queue: str, handler: Handler, memory_every: int = 0) -> Iterator[Step]:
    """Process a queue's messages, and those that follow from them, one at a time, until there are none.

    To measure memory makes a step slow. So it is measured in the first step and in every `memory_every`-th one (0: never),
    and their times do not count.
    """
    for number in count():
        message = deployment.queues.take(queue)
        if message is None:
            return
        event = events.sqs_event([message], f"arn:aws:sqs:us-east-1:{events.ACCOUNT}:{queue}")
        with process.using(deployment.service):
            is_watched = bool(memory_every) and number % memory_every == 0
            step = measured(deployment, partial(_handled, handler, event), has_memory=is_watched)
        yield step


def measured(deployment: Deployment, act: Callable[[], object], *, has_memory: bool = False) -> Step:
    """Run an action, and measure it."""
    before = Counter(deployment.requests)
    if has_memory:
        tracemalloc.start()
    start = time.perf_counter()
    act()
    seconds = time.perf_counter() - start
    peak_mb = tracemalloc.get_traced_memory()[1] / _BYTES_PER_MB if has_memory else None
    tracemalloc.stop()
    return Step(seconds, Counter(deployment.requests) - before, peak_mb)


def change(measured: Sequence[float]) -> float:
    """The change during a long run: the median of its last part divided by that of its first part."""
    part = max(len(measured) // _PARTS, 1)
    return median(measured[-part:]) / median(measured[:part])


def require(*, done: bool, what: str) -> None:
    """Raise `WrongResult` unless `done`."""
    if not done:
        raise WrongResult(what)


def _handled(handler: Handler, event: events.Event) -> None:
    answer = handler(event, None)
    require(done=not answer["batchItemFailures"], what=f"A step returned its message: {answer}")
