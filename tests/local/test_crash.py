"""Workers that die in the middle of a batch, for real."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from tests.local.service import Service, wait_until
from tests.local.test_run import new_webhook, notify

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.enable_socket

NOTIFICATIONS = 40
ANSWER_S = 0.6


class _SlowReceiver(ThreadingHTTPServer):
    """Answers after a while, and keeps count of what it was sent."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Slowly)
        self.begun: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Slowly(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        assert isinstance(self.server, _SlowReceiver)
        self.server.begun.append(body["text"])
        time.sleep(ANSWER_S)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def receiver() -> Iterator[_SlowReceiver]:
    with _SlowReceiver() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.shutdown()


def _worker_processes(service: Service) -> list[int]:
    """The processes that are at work on batches: the children of the workers' own parent."""
    listed = subprocess.run(["ps", "axww", "-o", "pid=,ppid=,command="], capture_output=True, text=True, check=True)
    rows = [line.split(maxsplit=2) for line in listed.stdout.splitlines()]
    workers = [(int(pid), int(ppid)) for pid, ppid, line in rows if "local.workers" in line and str(service.data) in line]
    parents = {pid for pid, _ in workers}
    return [pid for pid, ppid in workers if ppid in parents]


def test_workers_that_are_killed_in_mid_batch_lose_nothing(service: Service, receiver: _SlowReceiver) -> None:
    service.start()
    new_webhook(service, receiver.url)
    texts = {f"n{number}" for number in range(NOTIFICATIONS)}
    for text in texts:
        notify(service.run, text)
    wait_until(lambda: receiver.begun)

    killed = _worker_processes(service)
    assert len(killed) > 3
    for process_id in killed:
        os.kill(process_id, signal.SIGKILL)

    wait_until(lambda: texts <= set(receiver.begun))
    wait_until(lambda: texts == _recorded(service))


def _recorded(service: Service) -> set[str]:
    """The texts of all notifications that the history has a success for."""
    records = service.call("GET", "/webhooks/history?outcome=succeeded&limit=200").json()
    return {json.loads(record["request"]["body"])["text"] for record in records}
