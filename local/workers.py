"""The handlers that Lambda would run, fed from the local queues and by a clock.

As on Lambda, each batch has a process to itself: this one imports everything once, and forks a process for each batch that
may be at work at the same time, more of them while those that it has are held up (`local.crew`). It has no threads, so that
it may fork at any time.
"""

from __future__ import annotations

import gc
import importlib
import logging
import os
import select
import signal
import sys
import time
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from infra.declaration import declaration
from local import environment
from local.crew import Crew, ended
from local.events import Context, schedule_event
from local.journal import speak_json
from local.lifeline import READY, when_parent_is_gone
from local.poller import Poller, Polling
from local.warm import warm

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_sqs import SQSClient

    from local.crew import Place

logger = logging.getLogger(__name__)


class Mapping(NamedTuple):
    """One event source mapping: the variable that names the queue, the handler, how many batches at once.

    `processes` are there at rest; `concurrency` is the template's parameter that says how many there may be, 0 for no limit.
    On Lambda each has processors of its own; here they share a few, and what nobody waits for `gives_way`.
    """

    queue: str
    handler: str
    processes: int
    concurrency: str
    gives_way: bool = False


MAPPINGS: Final = (
    Mapping("NOTIFICATIONS_QUEUE_URL", "chalicelib.workers.notify:notify", 4, "NotifyConcurrencyMax"),
    Mapping("ACCEPTED_QUEUE_URL", "chalicelib.workers.notify:notify", 2, "AcceptedConcurrencyMax"),
    Mapping("DELIVERIES_QUEUE_URL", "chalicelib.workers.deliver:deliver", 4, "DeliverConcurrencyMax"),
    Mapping(
        "SLOW_DELIVERIES_QUEUE_URL",
        "chalicelib.workers.deliver:deliver_slow",
        2,
        "DeliverSlowConcurrencyMax",
        gives_way=True,
    ),
    Mapping(
        "BACKGROUND_QUEUE_URL", "chalicelib.workers.background:background", 2, "BackgroundConcurrencyMax", gives_way=True
    ),
)
SCHEDULE: Final = "chalicelib.workers.schedule:schedule"
_SCHEDULE_TIMEOUT_S: Final = 60
_UNLIMITED: Final = 150
"""Processes of a worker that has no limit of its own in AWS."""
_LOOK_S: Final = 0.05
_BATCH_END_S: Final = 1.5


def handler_at(path: str) -> Callable[[Any, Any], Any]:
    """The handler at `module:name`."""
    module, _, name = path.partition(":")
    handler: Callable[[Any, Any], Any] = getattr(importlib.import_module(module), name)
    return handler


def poll(sqs: SQSClient, mapping: Mapping, place: Place) -> None:
    """Work on one queue until the parent is gone; in an extra process, until there is nothing to do."""
    handler = handler_at(mapping.handler)

    def marked(event: object, context: object) -> Any:  # noqa: ANN401 - a handler may answer anything
        place.begin()
        try:
            return handler(event, context)
        finally:
            place.end()

    poller = Poller(sqs, os.environ[mapping.queue], mapping.handler.partition(":")[2], marked, Polling())
    when_parent_is_gone(partial(_end, poller))
    poller.run(ends_when_idle=place.is_extra)


def _end(poller: Poller) -> None:
    """Take no more, give the batch at work a moment, and end; what is not done comes again."""
    poller.stop()
    deadline = time.monotonic() + _BATCH_END_S
    while time.monotonic() < deadline and not poller.is_idle:
        time.sleep(0.02)
    os._exit(0)  # a handler that hangs is no reason to stay


def tick(period_s: float, _place: Place) -> None:
    """Call the schedule's handler every `period_s`; a tick that fails is logged, and the next one comes."""
    handler = handler_at(SCHEDULE)
    when_parent_is_gone(partial(os._exit, 0))
    while True:
        time.sleep(period_s)
        context = Context(function_name="posthorn-local-schedule", timeout_s=_SCHEDULE_TIMEOUT_S)
        try:
            handler(schedule_event(datetime.now(UTC)), context)
        except Exception:  # the handler is not ours
            logger.exception("schedule: a tick failed")


def crews() -> list[Crew]:
    """Those that work on queues, and the one process that is the clock."""
    sqs = environment.sqs(os.environ["AWS_ENDPOINT_URL"])  # made once: it takes long, and the forks share its memory
    sqs.list_queues(MaxResults=1)
    sqs.close()
    parameters = declaration()["Parameters"]
    polling = [
        Crew(
            partial(poll, sqs, each),
            at_rest=each.processes,
            at_most=parameters[each.concurrency]["Default"] or _UNLIMITED,
            gives_way=each.gives_way,
        )
        for each in MAPPINGS
    ]
    return [*polling, Crew(partial(tick, float(os.environ["SCHEDULE_PERIOD_S"])), at_rest=1, at_most=1)]


def main() -> None:
    """Work until the parent is gone."""
    speak_json()
    warm()
    working = crews()
    gc.collect()
    gc.freeze()  # what is there now stays shared: a collection in a fork would touch, and so copy, all of it
    for crew in working:
        crew.start()
    print(READY, flush=True)  # noqa: T201 - the parent waits for it
    while not select.select([sys.stdin], [], [], _LOOK_S)[0]:  # readable: at its end, since nobody writes
        _tend(working)
    _await_the_end(working)


def _tend(working: list[Crew]) -> None:
    now_s = time.monotonic()
    _reap(working, now_s)
    for crew in working:
        crew.tend(now_s)


def _reap(working: list[Crew], now_s: float) -> None:
    for process_id, status in ended():
        for crew in working:
            crew.lose(process_id, status, now_s)


def _await_the_end(working: list[Crew]) -> None:
    """The processes notice by themselves that the parent's parent is gone; what does not end in time is ended."""
    deadline_s = time.monotonic() + _BATCH_END_S
    while any(crew.places for crew in working) and time.monotonic() < deadline_s:
        _reap(working, time.monotonic())
        time.sleep(0.02)
    for crew in working:
        for process_id in crew.places:
            os.kill(process_id, signal.SIGKILL)


if __name__ == "__main__":
    main()
