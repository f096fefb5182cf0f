"""The simulated account: it repeats itself, it notices what is lost, and its queues are fair as SQS's are."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from benchmarks.isolation import simulated
from benchmarks.isolation.load import Load, outcome
from chalicelib.delivery.health import HealthKeeper
from testbed.account.lambdas import WARM
from testbed.account.queues import NOISY_IN_FLIGHT_MIN, FairQueue
from testbed.account.receivers import Behaviour
from testbed.account.virtual_time import VirtualTime
from testbed.fakes import FakeHistory

if TYPE_CHECKING:
    from testbed.messages import Message

SMALL = Load("small", {Behaviour.HEALTHY: 3, Behaviour.SLOW: 1}, {Behaviour.SLOW: 0.5}, rate_per_s=20, outage_s=12)


def test_it_runs_and_what_it_finds_is_finite() -> None:
    found = simulated.measure(is_quick=True)
    assert {figure.holds for figure in found.figures} >= {True}
    assert all(figure.steady > 0 for figure in found.figures)
    assert [plot.name for plot in found.plots] == ["isolation-over-time", "isolation-by-load"]


def test_a_run_repeats_itself() -> None:
    one, other = outcome(SMALL, WARM), outcome(SMALL, WARM)
    assert (one.healthy, one.fast, one.slow) == (other.healthy, other.fast, other.slow)


def test_a_slow_webhook_is_known_after_a_second_so_the_fast_lane_waits_for_few_of_its_attempts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told_early = outcome(SMALL, WARM).fast.waited_s
    monkeypatch.setattr(HealthKeeper, "mark_slow", lambda *_: None)
    assert told_early < 0.7 * outcome(SMALL, WARM).fast.waited_s


def test_it_notices_what_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeHistory, "write", lambda _self, _records: [])
    with pytest.raises(AssertionError, match="were lost"):
        outcome(SMALL, WARM)


def test_a_receiver_that_is_down_for_six_hours_loses_nothing_and_no_chain_is_cut() -> None:
    down_s = 6 * 3_600.0
    load = Load(
        "down", {Behaviour.HEALTHY: 1, Behaviour.FAILING: 1}, {Behaviour.FAILING: 0.5}, rate_per_s=0.02, outage_s=down_s
    )
    found = outcome(load, WARM, rest_s=8 * down_s)
    assert (found.fast.refused, found.slow.refused) == (0, 0)


def _put(queue: FairQueue, group: str, count: int) -> None:
    for number in range(count):
        queue.put(f"{group}{number}", group=group)


def _received(queue: FairQueue, count: int) -> list[str]:
    return [message.body for message in queue.receive(count)]


def test_the_oldest_come_first_while_nobody_is_noisy() -> None:
    queue = FairQueue("q", VirtualTime())
    _put(queue, "a", 3)
    _put(queue, "b", 1)
    assert _received(queue, 10) == ["a0", "a1", "a2", "b0"]


def test_the_quiet_come_before_one_that_has_many_in_flight() -> None:
    queue = FairQueue("q", VirtualTime())
    _put(queue, "a", NOISY_IN_FLIGHT_MIN + 2)
    queue.receive(NOISY_IN_FLIGHT_MIN)
    _put(queue, "b", 1)
    assert _received(queue, 10) == ["b0", f"a{NOISY_IN_FLIGHT_MIN}", f"a{NOISY_IN_FLIGHT_MIN + 1}"]


def test_the_quiet_come_before_one_that_takes_long() -> None:
    time = VirtualTime()
    queue = FairQueue("q", time)
    _put(queue, "a", 3)
    _settle_after(3, queue.receive(1), queue, time)
    _put(queue, "b", 1)
    assert _received(queue, 10) == ["b0", "a1", "a2"]


def test_what_is_not_done_is_seen_again_and_what_waits_is_seen_in_its_time() -> None:
    time = VirtualTime()
    queue = FairQueue("q", time)
    queue.put("again", group="a")
    queue.settle(queue.receive(1)[0], is_done=False)
    queue.put("later", delay_s=900, group="b")
    assert queue.is_empty
    time.run()
    assert _received(queue, 10) == ["again", "later"]


def _settle_after(seconds: float, taken: list[Message], queue: FairQueue, time: VirtualTime) -> None:
    for message in taken:
        time.at(seconds, partial(queue.settle, message, is_done=True))
    time.run()
