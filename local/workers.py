"""The handlers that Lambda would run, fed from the local queues and by a clock.

As on Lambda, each batch has a process to itself: this one imports everything once, and forks a process for each batch that
may be at work at the same time. It has no threads, so that it may fork again when one of them dies.
"""

from __future__ import annotations

import importlib
import logging
import os
import select
import signal
import sys
import time
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn

from local import environment
from local.events import Context, schedule_event
from local.journal import speak_json
from local.lifeline import READY, when_parent_is_gone
from local.poller import Poller, Polling
from local.warm import warm

if TYPE_CHECKING:
    from collections.abc import Callable

    Job = Callable[[], None]

logger = logging.getLogger(__name__)


class Mapping(NamedTuple):
    """One event source mapping: the variable that names the queue, the handler, how many batches at once."""

    queue: str
    handler: str
    processes: int


MAPPINGS: Final = (
    Mapping("NOTIFICATIONS_QUEUE_URL", "chalicelib.workers.notify:notify", 2),
    Mapping("DELIVERIES_QUEUE_URL", "chalicelib.workers.deliver:deliver", 4),
    Mapping("SLOW_DELIVERIES_QUEUE_URL", "chalicelib.workers.deliver:deliver_slow", 4),
    Mapping("PURGES_QUEUE_URL", "chalicelib.workers.purge:purge", 1),
    Mapping("RECOVERIES_QUEUE_URL", "chalicelib.workers.recover:recover", 1),
    Mapping("RECORDS_QUEUE_URL", "chalicelib.workers.record:record", 1),
)
SCHEDULE: Final = "chalicelib.workers.schedule:schedule"
_SCHEDULE_TIMEOUT_S: Final = 60
_LOOK_S: Final = 0.2
_RESTART_PAUSE_S: Final = 1.0
_BATCH_END_S: Final = 1.5


def handler_at(path: str) -> Callable[[Any, Any], Any]:
    """The handler at `module:name`."""
    module, _, name = path.partition(":")
    handler: Callable[[Any, Any], Any] = getattr(importlib.import_module(module), name)
    return handler


def poll(mapping: Mapping) -> None:
    """Work on one queue until the parent is gone."""
    sqs = environment.sqs(os.environ["AWS_ENDPOINT_URL"])
    name = mapping.handler.partition(":")[2]
    poller = Poller(sqs, os.environ[mapping.queue], name, handler_at(mapping.handler), Polling())
    when_parent_is_gone(partial(_end, poller))
    poller.run()


def _end(poller: Poller) -> None:
    """Take no more, give the batch at work a moment, and end; what is not done comes again."""
    poller.stop()
    deadline = time.monotonic() + _BATCH_END_S
    while time.monotonic() < deadline and not poller.is_idle:
        time.sleep(0.02)
    os._exit(0)  # a handler that hangs is no reason to stay


def tick(period_s: float) -> None:
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


def jobs() -> list[Job]:
    """What each process does."""
    polls: list[Job] = [partial(poll, mapping) for mapping in MAPPINGS for _ in range(mapping.processes)]
    return [*polls, partial(tick, float(os.environ["SCHEDULE_PERIOD_S"]))]


def main() -> None:
    """Work until the parent is gone."""
    speak_json()
    warm()
    working = {_fork(job): job for job in jobs()}
    print(READY, flush=True)  # noqa: T201 - the parent waits for it
    while not select.select([sys.stdin], [], [], _LOOK_S)[0]:  # readable: at its end, since nobody writes
        _replace_the_dead(working)
    deadline = time.monotonic() + _BATCH_END_S
    while working and time.monotonic() < deadline:
        _reap(working)
        time.sleep(0.02)
    for process_id in working:
        os.kill(process_id, signal.SIGKILL)


def _fork(job: Job) -> int:
    """Start a process that does the job; return its id."""
    process_id = os.fork()
    if not process_id:
        _do(job)
    return process_id


def _do(job: Job) -> NoReturn:
    """Do a job in a process of its own, and never come back to what the parent has on its stack."""
    try:
        job()
    except BaseException:
        logger.exception("A worker ends.")
    os._exit(1)


def _replace_the_dead(working: dict[int, Job]) -> None:
    for job in _reap(working):
        logger.warning("A worker ended by itself and is started again.")
        time.sleep(_RESTART_PAUSE_S)
        working[_fork(job)] = job


def _reap(working: dict[int, Job]) -> list[Job]:
    """Take those that ended out of `working`; return what they did."""
    ended = [process_id for process_id in working if os.waitpid(process_id, os.WNOHANG)[0]]
    return [working.pop(process_id) for process_id in ended]


if __name__ == "__main__":
    main()
