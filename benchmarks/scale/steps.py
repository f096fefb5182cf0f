"""A worker's steps, each begun by a message as SQS would hand it out, and what each of them took."""

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
"""A worker's handler, as Lambda calls it."""
_BYTES_PER_MB: Final = 1_000_000
_PARTS: Final = 5
LOOSE: Final = 1.2
"""The aim for a ratio of times: what a machine that does other things as well does to one."""
TIGHT: Final = 1.05
"""The aim for a ratio of counts, where a few belong to the whole and not to its parts."""


class WrongResult(Exception):
    """What was measured did not do what it was to do, so that its figures mean nothing."""


class Step(NamedTuple):
    """What a step took; `peak_mb` is what Python held at the most, where the step's memory was measured and not its time."""

    seconds: float
    requests: Counter[str]
    peak_mb: float | None


def process_queue(deployment: Deployment, queue: str, handler: Handler, memory_every: int = 0) -> Iterator[Step]:
    """Take a queue's messages, and those that follow from them, one at a time, until there are none.

    Watching memory slows a step down, so it is done at the first one, then at every `memory_every`-th, and their times do
    not count; 0 watches none.
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
    """Do something, and tell what it took."""
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
    """The last part of a long work against the first: the ratio of their medians."""
    part = max(len(measured) // _PARTS, 1)
    return median(measured[-part:]) / median(measured[:part])


def require(*, done: bool, what: str) -> None:
    """Raise `WrongResult` unless it was done."""
    if not done:
        raise WrongResult(what)


def _handled(handler: Handler, event: events.Event) -> None:
    answer = handler(event, None)
    require(done=not answer["batchItemFailures"], what=f"A step was handed back: {answer}")
