"""Work that passes through the queues many times completes under recursive loop detection, and loses nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest

from local.receiver import Receiver
from tests.deploy import seeds
from tests.deploy.arrivals import Arrivals, assert_nothing_was_cut
from tests.deploy.conftest import deployed
from tests.deploy.stage import notification
from tests.local.service import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.deploy.emulator import Emulator
    from tests.deploy.stage import Stage

_FAILURES: Final = 5_000
_WEBHOOKS: Final = 20_000


@pytest.fixture(scope="module")
def busy(account: Emulator, packaged: Path) -> Stage:
    """A stage with large batches, as the throughput profile has them."""
    return deployed(account, "busy", packaged, "DeliveryBatchSize=500", "DeliveryBatchWindowSeconds=1")


def test_a_recovery_of_5000_failures_completes(busy: Stage) -> None:
    with Receiver() as receiver:
        made = busy.webhook(receiver.url)
        failed = seeds.failures(busy, made["id"], _FAILURES)
        since = (datetime.now(UTC) - timedelta(hours=4)).isoformat()
        path = f"/webhooks/{made['id']}"
        recovery = busy.call("POST", f"{path}/recover", {"only": "failed", "since": since})
        Arrivals(busy, receiver).until(failed)
        wait_until(lambda: busy.call("GET", f"{path}/recoveries/{recovery['id']}")["state"] == "done")
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
