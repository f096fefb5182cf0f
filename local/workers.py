"""Runs the worker functions on the local queues, and the schedule.

As in Lambda, each batch has a process of its own. This process imports everything once and forks the workers, more of them
while those that it has are busy (`local.worker_pool`). It has no threads, so that it can fork at any time.
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
from local.events import Context, schedule_event
from local.log import log_as_json
from local.parent_exit import READY, on_parent_exit
from local.poller import Poller, Polling
from local.warm import warm
from local.worker_pool import WorkerPool, exited

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_sqs import SQSClient

    from local.worker_pool import Slot

logger = logging.getLogger(__name__)


class Mapping(NamedTuple):
    """One event source mapping: the variable with the queue's URL, the handler, how many batches run at once.

    `processes` run when idle. `concurrency` is the template's parameter for the maximum; 0 is no limit. In Lambda each
    process has a processor of its own. Here they share a few, so work that nobody waits for has a low priority.
    """

    queue: str
    handler: str
    processes: int
    concurrency: str
    is_low_priority: bool = False


MAPPINGS: Final = (
    Mapping("NOTIFICATIONS_QUEUE_URL", "chalicelib.workers.notify:notify", 4, "NotifyConcurrencyMax"),
    Mapping("ACCEPTED_QUEUE_URL", "chalicelib.workers.notify:notify", 2, "AcceptedConcurrencyMax"),
    Mapping("DELIVERIES_QUEUE_URL", "chalicelib.workers.deliver:deliver", 4, "DeliverConcurrencyMax"),
    Mapping(
        "SLOW_DELIVERIES_QUEUE_URL",
        "chalicelib.workers.deliver:deliver_slow",
        2,
        "DeliverSlowConcurrencyMax",
        is_low_priority=True,
    ),
    Mapping(
        "BACKGROUND_QUEUE_URL",
        "chalicelib.workers.background:background",
        2,
        "BackgroundConcurrencyMax",
        is_low_priority=True,
    ),
)
SCHEDULE: Final = "chalicelib.workers.schedule:schedule"
_SCHEDULE_TIMEOUT_S: Final = 60
_UNLIMITED: Final = 150
"""The maximum of a worker that has no limit in AWS."""
_LOOK_S: Final = 0.05
_BATCH_END_S: Final = 1.5


def handler_at(path: str) -> Callable[[Any, Any], Any]:
    """The handler at `module:name`."""
    module, _, name = path.partition(":")
    handler: Callable[[Any, Any], Any] = getattr(importlib.import_module(module), name)
    return handler


def poll(sqs: SQSClient, mapping: Mapping, slot: Slot) -> None:
    """Work on one queue until the parent exits. An extra process also exits when the queue is empty."""
    handler = handler_at(mapping.handler)

    def timed(event: object, context: object) -> Any:  # noqa: ANN401 - a handler may answer anything
        slot.begin()
        try:
            return handler(event, context)
        finally:
            slot.end()

    poller = Poller(sqs, os.environ[mapping.queue], mapping.handler.partition(":")[2], timed, Polling())
    on_parent_exit(partial(_end, poller))
    poller.run(ends_when_idle=slot.is_extra)


def _end(poller: Poller) -> None:
    """Receive no more, wait a moment for the current batch, and exit. SQS delivers unfinished messages again."""
    poller.stop()
    deadline = time.monotonic() + _BATCH_END_S
    while time.monotonic() < deadline and not poller.is_idle:
        time.sleep(0.02)
    os._exit(0)  # even if a handler hangs


def tick(period_s: float, _slot: Slot) -> None:
    """Call the schedule's handler every `period_s`. If it fails, log that and continue."""
    handler = handler_at(SCHEDULE)
    on_parent_exit(partial(os._exit, 0))
    while True:
        time.sleep(period_s)
        context = Context(function_name="posthorn-local-schedule", timeout_s=_SCHEDULE_TIMEOUT_S)
        try:
            handler(schedule_event(datetime.now(UTC)), context)
        except Exception:  # the handler is not ours
            logger.exception("schedule: a tick failed")


def worker_pools() -> list[WorkerPool]:
    """One pool for each queue, and one process for the schedule."""
    sqs = environment.sqs(os.environ["AWS_ENDPOINT_URL"])  # created once: that takes long, and the forks share its memory
    sqs.list_queues(MaxResults=1)
    sqs.close()
    parameters = declaration()["Parameters"]
    polling = [
        WorkerPool(
            partial(poll, sqs, each),
            processes_min=each.processes,
            processes_max=parameters[each.concurrency]["Default"] or _UNLIMITED,
            is_low_priority=each.is_low_priority,
        )
        for each in MAPPINGS
    ]
    ticking = WorkerPool(partial(tick, float(os.environ["SCHEDULE_PERIOD_S"])), processes_min=1, processes_max=1)
    return [*polling, ticking]


def main() -> None:
    """Work until the parent exits."""
    log_as_json()
    warm()
    pools = worker_pools()
    gc.collect()
    gc.freeze()  # keeps the memory shared: a collection in a fork would write to all of it
    for pool in pools:
        pool.start()
    print(READY, flush=True)  # noqa: T201 - the parent waits for it
    while not select.select([sys.stdin], [], [], _LOOK_S)[0]:  # readable means closed: nobody writes
        _scale(pools)
    _await_exits(pools)


def _scale(pools: list[WorkerPool]) -> None:
    now_s = time.monotonic()
    _reap(pools, now_s)
    for pool in pools:
        pool.scale(now_s)


def _reap(pools: list[WorkerPool], now_s: float) -> None:
    for process_id, status in exited():
        for pool in pools:
            pool.remove(process_id, status, now_s)


def _await_exits(pools: list[WorkerPool]) -> None:
    """Wait for the processes, which notice the exit of the stack themselves, and kill those that are late."""
    deadline_s = time.monotonic() + _BATCH_END_S
    while any(pool.slots for pool in pools) and time.monotonic() < deadline_s:
        _reap(pools, time.monotonic())
        time.sleep(0.02)
    for pool in pools:
        for process_id in pool.slots:
            os.kill(process_id, signal.SIGKILL)


if __name__ == "__main__":
    main()
