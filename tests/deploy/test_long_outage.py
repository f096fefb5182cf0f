"""A receiver is down for days: its deliveries wait, cost nothing meanwhile, and all arrive when it is back."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Final

import pytest

from local.receiver import Receiver
from tests.deploy.arrivals import Arrivals, assert_nothing_was_cut, depths, messages_sent, refused
from tests.deploy.conftest import deployed
from tests.deploy.stage import notification
from tests.local.service import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.deploy.clock import Clock
    from tests.deploy.emulator import Emulator
    from tests.deploy.stage import Stage

_DELIVERIES: Final = 2_000
_DOWN: Final = timedelta(days=5)
_STEP: Final = timedelta(hours=6)
"""The account's clock is set forward by so much at a time, and is left to its work after each."""
_QUIET_S: Final = 2
_SEND_BATCH: Final = 10
_DAY_S: Final = 86_400
_LONGEST_WAIT: Final = timedelta(seconds=1.25 * _DAY_S)
"""A delivery that was tried while the receiver was down waits for its next attempt, with jitter."""
_TRIED_MAX: Final = 100
_PARAMETERS: Final = (
    "DeliveryBatchSize=500",
    "DeliveryBatchWindowSeconds=1",
    f"DisableAfterS={30 * _DAY_S}",
    f"AttemptWaitsS=60,3600,{','.join([str(_DAY_S)] * 6)}",
)


@pytest.fixture(scope="module")
def down(clocked: Emulator, packaged: Path) -> Stage:
    """A stage under a clock that can be set forward, which does not disable a webhook for a month of failures."""
    return deployed(clocked, "down", packaged, *_PARAMETERS)


def test_2000_deliveries_that_wait_five_days_for_a_receiver_all_arrive_when_it_is_back(down: Stage, clock: Clock) -> None:
    with Receiver(status=503) as receiver:
        made = down.webhook(receiver.url)
        _send(down, _DELIVERIES)
        _settled(down)
        at_first = messages_sent(down)
        for _ in range(_DOWN // _STEP):
            clock.advance(_STEP)
            _settled(down)
            assert refused(down) == {}
        probes = _drained(receiver) - _DELIVERIES
        while_down = messages_sent(down) - at_first
        assert while_down < _DELIVERIES + 4 * (_DOWN // _STEP), f"{while_down} messages, {probes} requests"
        receiver.status = 200
        clock.advance(timedelta(hours=1))
        arrived = Arrivals(down, receiver)
        arrived.until_count(_DELIVERIES - _TRIED_MAX)
        clock.advance(_LONGEST_WAIT)
        arrived.until_count(_DELIVERIES)
    assert_nothing_was_cut(down)
    assert _displacement(arrived.bodies.values()) < _DELIVERIES / 10
    down.call("DELETE", f"/webhooks/{made['id']}")


def _send(stage: Stage, count: int) -> None:
    url, sqs = stage.outputs["NotificationsQueueURL"], stage.account.client("sqs")
    for first in range(0, count, _SEND_BATCH):
        bodies = [json.dumps(notification(first + number)) for number in range(_SEND_BATCH)]
        entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
        sqs.send_message_batch(QueueUrl=url, Entries=entries)


def _settled(stage: Stage) -> None:
    """Wait until the schedule has run, and nothing is to be seen or in work: what there is waits for its time."""
    ticks = _ticks(stage)
    wait_until(lambda: _ticks(stage) > ticks)
    wait_until(lambda: _is_quiet(stage))


def _ticks(stage: Stage) -> int:
    log = stage.account.log.read_text("utf-8")
    return sum("EventBridge → Lambda" in line and f"-{stage.name}-Schedule" in line for line in log.splitlines())


def _is_quiet(stage: Stage) -> bool:
    before = depths(stage)
    time.sleep(_QUIET_S)
    return depths(stage) == before and not any(visible for visible, _ in before)


def _drained(receiver: Receiver) -> int:
    """How many requests came so far; they are forgotten."""
    count = receiver.received.qsize()
    for _ in range(count):
        receiver.received.get()
    return count


def _displacement(bodies: Iterable[str]) -> float:
    """By how many places a delivery came earlier or later than in the order in which they were accepted, in the median."""
    numbers = [int(json.loads(body)["text"].split()[-1]) for body in bodies]
    places = {number: place for place, number in enumerate(sorted(numbers))}
    return median(abs(places[number] - place) for place, number in enumerate(numbers))
