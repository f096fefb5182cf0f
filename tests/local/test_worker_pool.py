"""More batches wait for receivers than there are processes when idle."""

from __future__ import annotations

import json
import mmap
import os
import signal
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from local.receiver import Receiver
from local.worker_pool import Slot, WorkerPool
from local.workers import MAPPINGS
from testbed.patience import PATIENCE_S
from tests.local.service import Service, wait_until
from tests.local.test_run import new_webhook, notify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.enable_socket

TIMEOUT_S = 30


def test_batches_that_wait_hold_up_nobody(service: Service) -> None:
    processes = next(each.processes for each in MAPPINGS if each.handler.endswith(":deliver"))
    service.start(REQUEST_TIMEOUT_S=str(TIMEOUT_S))
    release = threading.Event()
    waiting: list[str] = []

    with Receiver() as receiver:
        receiver.before_answer = lambda _: release.wait()
        new_webhook(service, receiver.url)
        for number in range(2 * processes):
            notify(service.run, str(number))
            waiting.append(json.loads(receiver.next(PATIENCE_S).body)["text"])
        release.set()

    assert waiting == [str(number) for number in range(2 * processes)]


def test_a_process_is_free_until_its_batch_takes_long() -> None:
    slot = Slot(1, is_extra=False, _began=mmap.mmap(-1, 16))

    slot.begin()

    now_s = time.monotonic()
    assert slot.is_free(now_s)
    assert not slot.is_free(now_s + 1)
    slot.end()
    assert slot.is_free(now_s + 1)


@contextmanager
def pool_of(job: Callable[[Slot], None], *, processes_min: int, processes_max: int) -> Iterator[WorkerPool]:
    pool = WorkerPool(job, processes_min=processes_min, processes_max=processes_max)
    pool.start()
    yield pool
    for process_id in pool.slots:
        os.kill(process_id, signal.SIGKILL)
        os.waitpid(process_id, 0)


def test_an_extra_process_has_a_lower_priority_than_the_others() -> None:
    def block(slot: Slot) -> None:
        slot.begin()
        time.sleep(TIMEOUT_S)

    with pool_of(block, processes_min=1, processes_max=2) as pool:

        def has_extra() -> bool:
            pool.scale(time.monotonic())
            return len(pool.slots) == 2

        wait_until(has_extra)
        usual, extra = sorted(pool.slots, key=lambda each: pool.slots[each].is_extra)
        wait_until(lambda: niceness(extra) > niceness(usual))
        assert niceness(usual) == niceness(os.getpid())


def niceness(process_id: int) -> int:
    return os.getpriority(os.PRIO_PROCESS, process_id)
