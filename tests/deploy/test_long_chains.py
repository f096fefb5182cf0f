"""Work that goes round through the queues many times completes under recursive loop detection, and loses nothing."""

from __future__ import annotations

import queue
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest

from local.receiver import Receiver
from tests.deploy import seeds
from tests.deploy.conftest import deployed
from tests.deploy.stage import notification
from tests.deploy.tiny import metric
from tests.local.service import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.deploy.emulator import Emulator
    from tests.deploy.stage import Stage

_FAILURES: Final = 5_000
_WEBHOOKS: Final = 20_000
_LOOK_S: Final = 5.0
_STILL_S: Final = 120.0
"""Nothing comes for so long only if nothing comes any more."""


@pytest.fixture(scope="module")
def busy(account: Emulator, packaged: Path) -> Stage:
    """A stage with large batches, as the throughput profile has them."""
    return deployed(account, "busy", packaged, "DeliveryBatchSize=500", "DeliveryBatchWindowSeconds=1")


def test_a_recovery_of_5000_failures_completes(busy: Stage) -> None:
    with Receiver() as receiver:
        made = busy.webhook(receiver.url)
        failed = seeds.failures(busy, made["id"], _FAILURES)
        since = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
        path = f"/webhooks/{made['id']}"
        recovery = busy.call("POST", f"{path}/recover", {"only": "failed", "since": since})
        Arrivals(busy, receiver).until(failed)
        wait_until(lambda: busy.call("GET", f"{path}/recoveries/{recovery['id']}")["state"] == "done", _STILL_S)
        busy.call("DELETE", path)
    assert_nothing_was_cut(busy)


def test_a_fan_out_to_20000_webhooks_completes(busy: Stage) -> None:
    with Receiver() as receiver:
        webhooks = seeds.webhooks(busy, receiver.url, _WEBHOOKS)
        busy.send(notification())
        arrived = Arrivals(busy, receiver)
        arrived.until_count(len(webhooks))
    assert len(arrived.paths) == _WEBHOOKS
    assert_nothing_was_cut(busy)


class Arrivals:
    """The deliveries that came to a receiver, each once."""

    def __init__(self, stage: Stage, receiver: Receiver) -> None:
        self._stage = stage
        self._receiver = receiver
        self.ids: set[str] = set()
        self.paths: set[str] = set()

    def until(self, wanted: set[str]) -> None:
        """Wait until all of them came."""
        self.until_count(len(wanted))
        assert self.ids == wanted

    def until_count(self, count: int) -> None:
        """Wait for so many; fail if none comes for long."""
        while len(self.ids) < count:
            try:
                got = self._receiver.next(_STILL_S)
            except queue.Empty:
                pytest.fail(
                    f"{len(self.ids)} of {count} came, then nothing for {_STILL_S} s; refused: {refused(self._stage)}"
                )
            self.ids.add(got.headers["webhook-id"])
            self.paths.add(got.path)


def refused(stage: Stage) -> dict[str, float]:
    """The invocations that Lambda refused as recursive, by function."""
    functions = [each["FunctionName"] for each in stage.account.client("lambda").list_functions()["Functions"]]
    mine = [each for each in functions if each.startswith(f"posthorn-{stage.name}-")]
    dropped = {each: metric(stage.account, "AWS/Lambda", "RecursiveInvocationsDropped", FunctionName=each) for each in mine}
    return {each: count for each, count in dropped.items() if count}


def assert_nothing_was_cut(stage: Stage) -> None:
    """No invocation was refused, and no message was set aside."""
    assert refused(stage) == {}
    dead = {each["name"]: each["deadLetters"] for each in stage.call("GET", "/queues")}
    assert dead == dict.fromkeys(dead, 0)
