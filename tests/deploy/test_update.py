"""A later version replaces one that is running."""

from __future__ import annotations

import itertools
import threading
from typing import TYPE_CHECKING, Final

from local.receiver import Receiver
from tests.deploy.conftest import deployed
from tests.deploy.stage import notification, numbers
from tests.local.service import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.deploy.emulator import Emulator
    from tests.deploy.stage import Stage

_PAUSE_S: Final = 0.15
_AFTERWARDS: Final = 15


class Flow:
    """Notifications, several a second, by the queue and over HTTPS in turns, until it is stopped."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._send)
        self.sent: list[int] = []

    def _send(self) -> None:
        for number in itertools.count():
            if self._stop.wait(_PAUSE_S):
                return
            if self._is_taken(number):
                self.sent.append(number)

    def _is_taken(self, number: int) -> bool:
        if number % 2:
            return self._stage.answer("POST", "/notifications", notification(number)).ok
        self._stage.send(notification(number))
        return True

    def start(self) -> None:
        self._thread.start()

    def goes_on(self, count: int) -> None:
        """Wait until so many more are sent."""
        target = len(self.sent) + count
        wait_until(lambda: len(self.sent) >= target or not self._thread.is_alive())

    def stop(self) -> set[int]:
        """All that were taken."""
        self._stop.set()
        self._thread.join()
        return set(self.sent)


def test_an_update_loses_nothing_that_is_in_flight(account: Emulator, packaged: Path, next_version: Path) -> None:
    stage = deployed(account, "live", packaged)
    with Receiver() as receiver:
        stage.webhook(receiver.url)
        flow = Flow(stage)
        flow.start()
        flow.goes_on(_AFTERWARDS)
        before, done = len(flow.sent), stage.deploy(next_version)
        during = len(flow.sent) - before
        flow.goes_on(_AFTERWARDS)
        sent = flow.stop()
        bodies: list[str] = []
        wait_until(lambda: sent <= numbers(_taken(receiver, bodies)))
    assert done.status == 0, done.said
    assert stage.call("GET", "/openapi.json")["info"]["version"].startswith("99.")
    assert during > 0
    assert numbers(bodies) == sent
    assert {each["deadLetters"] for each in stage.call("GET", "/queues")} == {0}
    assert stage.destroy("--yes", "live").status == 0


def _taken(receiver: Receiver, bodies: list[str]) -> list[str]:
    while not receiver.received.empty():
        bodies.append(receiver.received.get().body)
    return bodies
