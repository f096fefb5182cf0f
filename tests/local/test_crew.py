"""More batches wait for receivers at the same time than there are processes at rest."""

from __future__ import annotations

import json
import mmap
import os
import signal
import threading
import time
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from local.crew import Crew, Place
from local.workers import MAPPINGS
from tests.local.service import Service, wait_until
from tests.local.test_run import new_webhook, notify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.enable_socket

TIMEOUT_S = 30


class _Holding(ThreadingHTTPServer):
    """Answers nobody before `release`."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Held)
        self.held: list[str] = []
        self.release = threading.Event()

    def holds(self, amount: int) -> bool:
        return len(self.held) >= amount


class _Held(BaseHTTPRequestHandler):
    server: _Holding

    def do_POST(self) -> None:
        self.server.held.append(json.loads(self.rfile.read(int(self.headers["content-length"])))["text"])
        self.server.release.wait()
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def holding() -> Iterator[_Holding]:
    with _Holding() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.release.set()
        server.shutdown()


def test_batches_that_wait_hold_up_nobody(service: Service) -> None:
    at_rest = next(each.processes for each in MAPPINGS if each.handler.endswith(":deliver"))
    service.start(REQUEST_TIMEOUT_S=str(TIMEOUT_S))

    with holding() as receiver:
        new_webhook(service, f"http://127.0.0.1:{receiver.server_address[1]}/")
        for number in range(2 * at_rest):
            notify(service.run, str(number))
            wait_until(partial(receiver.holds, number + 1))
        held = list(receiver.held)

    assert held == [str(number) for number in range(2 * at_rest)]


def test_a_process_is_free_until_its_batch_takes_long() -> None:
    place = Place(1, is_extra=False, _marks=mmap.mmap(-1, 16))

    place.begin()

    now_s = time.monotonic()
    assert place.is_free(now_s)
    assert not place.is_free(now_s + 1)
    place.end()
    assert place.is_free(now_s + 1)


@contextmanager
def crew(job: Callable[[Place], None], *, at_rest: int, at_most: int) -> Iterator[Crew]:
    working = Crew(job, at_rest=at_rest, at_most=at_most)
    working.start()
    yield working
    for process_id in working.places:
        os.kill(process_id, signal.SIGKILL)
        os.waitpid(process_id, 0)


def test_an_extra_process_gives_way_to_those_at_rest() -> None:
    def hold(place: Place) -> None:
        place.begin()
        time.sleep(TIMEOUT_S)

    with crew(hold, at_rest=1, at_most=2) as working:

        def is_helped() -> bool:
            working.tend(time.monotonic())
            return len(working.places) == 2

        wait_until(is_helped)
        at_rest, extra = sorted(working.places, key=lambda each: working.places[each].is_extra)
        wait_until(lambda: niceness(extra) > niceness(at_rest))
        assert niceness(at_rest) == niceness(os.getpid())


def niceness(process_id: int) -> int:
    return os.getpriority(os.PRIO_PROCESS, process_id)
