"""The simulated account's rules: each is AWS's, and each is shown by a handler that breaks it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import greenlet
import pytest

from chalicelib.domain.errors import Unavailable
from testbed.account import capacity
from testbed.account.capacity import Throttled, Use
from testbed.account.declared import Function, Queue
from testbed.account.indexes import LAG_S, Index, Lagging
from testbed.account.lambdas import COLD, WARM, EventSource
from testbed.account.queues import FairQueue
from testbed.account.virtual_time import VirtualTime
from testbed.aws.limits import (
    EVENT_BYTES_MAX,
    INVOCATIONS_IN_CHAIN_MAX,
    PARTITION_READ_UNITS_MAX,
    PARTITION_WRITE_UNITS_MAX,
    PEAK_DOUBLES_AFTER_S,
    POLLERS_AT_FIRST,
    TABLE_WRITE_UNITS_AT_FIRST,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from testbed.account.lambdas import Setting

DONE: dict[str, Any] = {"batchItemFailures": []}
VISIBILITY_S = 100.0


class Ground:
    """A queue and the function that it invokes, whose handler is given."""

    def __init__(
        self, handler: Callable[[Ground], object], *, allows_recursion: bool = False, setting: Setting = WARM
    ) -> None:
        self.time = VirtualTime()
        self.queue = FairQueue("q", self.time, receives_max=3, visibility_s=VISIBILITY_S)
        self.runs: list[float] = []
        self.sizes: list[int] = []
        self._handler = handler
        function = Function("F", at_once_max=50, timeout_s=60, allows_recursion=allows_recursion)
        self.source = EventSource(self.queue, self._handle, self.time, function=function, setting=setting)

    def _handle(self, event: dict[str, Any], _context: object) -> dict[str, Any]:
        self.runs.append(self.time.now_s)
        self.sizes.append(len(event["Records"]))
        self._handler(self)
        return DONE


def goes_round(ground: Ground) -> None:
    ground.queue.put("round", delay_s=900)


def test_the_17th_invocation_in_one_chain_is_refused_and_its_message_is_set_aside() -> None:
    ground = Ground(goes_round)
    ground.queue.put("round")
    ground.time.run()
    assert len(ground.runs) == INVOCATIONS_IN_CHAIN_MAX
    assert (ground.source.meter.refused, len(ground.queue.dead)) == (3, 1)


def test_a_function_that_allows_recursion_goes_round() -> None:
    ground = Ground(goes_round, allows_recursion=True)
    ground.queue.put("round")
    ground.time.run(100 * 900)
    assert len(ground.runs) > 3 * INVOCATIONS_IN_CHAIN_MAX


def test_what_one_invocation_sends_shares_its_count() -> None:
    def spreads(ground: Ground) -> None:
        for body in ("round", "bystander"):
            ground.queue.put(body, delay_s=900)

    ground = Ground(spreads)
    ground.queue.put("round")
    ground.time.run(20 * 900)
    assert len(ground.queue.dead) > 1


def test_what_comes_from_outside_begins_a_chain() -> None:
    ground = Ground(lambda _: None)
    for number in range(3 * INVOCATIONS_IN_CHAIN_MAX):
        ground.time.at(number, partial(ground.queue.put, "once"))
    ground.time.run()
    assert ground.source.meter.refused == 0


def test_a_function_that_runs_too_long_is_killed_and_has_no_further_effect() -> None:
    def hangs_once(ground: Ground) -> None:
        if len(ground.runs) == 1:
            ground.time.sleep(1_000)
            ground.queue.put("effect")

    ground = Ground(hangs_once)
    ground.queue.put("message")
    ground.time.run()
    assert [round(each) for each in ground.runs] == [0, VISIBILITY_S]
    assert ground.source.meter.killed == 1


def test_what_fails_is_seen_again_after_its_visibility_timeout_until_it_was_received_often_enough() -> None:
    ground = Ground(lambda ground: ground.time.sleep(1_000))
    ground.queue.put("message")
    ground.time.run()
    assert [round(each) for each in ground.runs] == [0, VISIBILITY_S, 2 * VISIBILITY_S]
    assert len(ground.queue.dead) == 1


def test_an_event_holds_no_more_than_6_mb() -> None:
    ground = Ground(lambda ground: ground.time.sleep(1))
    body = "x" * (EVENT_BYTES_MAX // 5)
    for _ in range(POLLERS_AT_FIRST + 50):
        ground.queue.put(body)
    ground.time.run()
    assert sum(ground.sizes) == POLLERS_AT_FIRST + 50
    assert max(ground.sizes) == 4


def test_a_mapping_begins_with_five_batches_and_adds_five_a_second() -> None:
    ground = Ground(lambda ground: ground.time.sleep(30), setting=COLD)
    for _ in range(1_000):
        ground.queue.put("message")
    ground.time.run(0.9)
    assert len(ground.runs) == POLLERS_AT_FIRST + 2
    ground.time.run(2.9)
    assert len(ground.runs) == POLLERS_AT_FIRST + 12


class Port:
    """Has what the rules are put around."""

    def __init__(self) -> None:
        self.items: list[str] = []

    def write(self, items: list[str]) -> None:
        self.items += items

    def settle(self, items: list[str]) -> None:
        self.items = [each for each in self.items if each not in items]

    def due(self) -> list[str]:
        return list(self.items)


def throttled(time: VirtualTime, **units: float) -> Throttled:
    return Throttled(Port(), time, {"write": lambda partitions: [Use(each, **units) for each in partitions]})


def run_in(time: VirtualTime, call: Callable[[], object], at_s: float = 0) -> list[BaseException]:
    """Make a call in virtual time; what it raised."""
    raised: list[BaseException] = []

    def guarded() -> None:
        try:
            call()
        except Unavailable as error:
            raised.append(error)

    time.at(at_s, greenlet.greenlet(guarded).switch)
    time.run()
    return raised


@pytest.mark.parametrize(
    ("units", "a_second"), [({"writes": 1}, PARTITION_WRITE_UNITS_MAX), ({"reads": 1}, PARTITION_READ_UNITS_MAX)]
)
def test_a_partition_takes_so_many_units_a_second(units: dict[str, float], a_second: int) -> None:
    time = VirtualTime()
    port = throttled(time, **units)
    assert run_in(time, lambda: [port.write(["p"]) for _ in range(a_second)]) == []
    assert (port.throttled, time.now_s) == (0, 0)
    run_in(time, lambda: port.write(["p"]))
    assert port.throttled > 0


def test_what_is_throttled_too_often_is_unavailable() -> None:
    time = VirtualTime()
    port = throttled(time, writes=PARTITION_WRITE_UNITS_MAX + 1)
    assert len(run_in(time, lambda: port.write(["p"]))) == 1
    assert port.throttled == capacity.TRIES


def test_a_new_table_takes_4000_write_units_a_second_and_twice_its_peak_later() -> None:
    time = VirtualTime()
    port = throttled(time, writes=500)

    def writes(count: int) -> None:
        port.write([str(number) for number in range(count)])

    at_first = TABLE_WRITE_UNITS_AT_FIRST // 500
    assert run_in(time, partial(writes, at_first)) == []
    assert len(run_in(time, partial(writes, at_first + 1), at_s=60)) == 1
    assert run_in(time, partial(writes, 2 * at_first), at_s=PEAK_DOUBLES_AFTER_S + 1) == []
    assert port.throttled == capacity.TRIES


def test_an_index_shows_an_item_after_the_lag_and_one_that_left_for_as_long() -> None:
    time = VirtualTime()
    port = Lagging(Port(), time, Index("due", "write", "settle", key=str))
    port.write(["a"])
    assert port.due() == []
    time.now_s += LAG_S
    assert port.due() == ["a"]
    port.settle(["a"])
    assert port.due() == ["a"]
    time.now_s += LAG_S
    assert port.due() == []


def test_limits_are_those_of_the_deployment() -> None:
    assert Function.of("Deliver").timeout_s == 60
    assert Queue.of("slow-deliveries").visibility_s >= 6 * Function.of("DeliverSlow").timeout_s
