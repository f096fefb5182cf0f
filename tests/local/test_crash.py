"""Workers that die in the middle of a batch, for real."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from http import HTTPStatus

import pytest

from local.receiver import Receiver
from tests.local.service import Service, wait_until
from tests.local.test_run import new_webhook, notify

pytestmark = pytest.mark.enable_socket

NOTIFICATIONS = 40
ANSWER_S = 0.6


def _worker_processes(service: Service) -> list[int]:
    """The processes that are at work on batches: the children of the workers' own parent."""
    listed = subprocess.run(["ps", "axww", "-o", "pid=,ppid=,command="], capture_output=True, text=True, check=True)
    rows = [line.split(maxsplit=2) for line in listed.stdout.splitlines()]
    workers = [(int(pid), int(ppid)) for pid, ppid, line in rows if "local.workers" in line and str(service.data) in line]
    parents = {pid for pid, _ in workers}
    return [pid for pid, ppid in workers if ppid in parents]


def test_workers_that_are_killed_in_mid_batch_lose_nothing(service: Service) -> None:
    service.start()
    with Receiver(HTTPStatus.NO_CONTENT) as receiver:
        receiver.before_answer = lambda _: time.sleep(ANSWER_S)
        _kill_workers_in_mid_batch(service, receiver)


def _kill_workers_in_mid_batch(service: Service, receiver: Receiver) -> None:
    received: set[str] = set()

    def has_received(texts: set[str]) -> bool:
        while not receiver.received.empty():
            received.add(json.loads(receiver.next().body)["text"])
        return texts <= received

    new_webhook(service, receiver.url)
    texts = {f"n{number}" for number in range(NOTIFICATIONS)}
    for text in texts:
        notify(service.run, text)
    wait_until(lambda: has_received(set()) and received)

    killed = _worker_processes(service)
    assert len(killed) > 3
    for process_id in killed:
        os.kill(process_id, signal.SIGKILL)

    wait_until(lambda: has_received(texts))
    wait_until(lambda: texts == _recorded(service))


def _recorded(service: Service) -> set[str]:
    """The texts of all notifications that the history has a success for."""
    records = service.call("GET", "/webhooks/history?outcome=succeeded&limit=200").json()
    return {json.loads(record["request"]["body"])["text"] for record in records}
