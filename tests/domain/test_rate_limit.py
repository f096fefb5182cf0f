"""Shares of a limit: what a process may spend without asking, and what all of them may together."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest

from chalicelib.domain.directory.rate_limit import BLOCKS, Share


@dataclass
class Counter:
    """What all processes have in common, and how often it was written."""

    total: int = 0
    writes: int = 0

    def add(self, amount: int) -> int:
        self.total += amount
        self.writes += 1
        return self.total


@dataclass
class Process:
    """One process: its share, and how much it was granted."""

    limit: int
    counter: Counter
    share: Share = field(init=False)
    granted: int = 0

    def __post_init__(self) -> None:
        self.share = Share.fresh(self.limit)

    def ask(self, cost: int = 1) -> bool:
        if wanted := self.share.lease_needed(cost):
            self.share = self.share.counted(wanted, self.counter.add(wanted))
        after = self.share.spend(cost)
        if after is None:
            return False
        self.share = after
        self.granted += self.share.cost_of(cost)
        return True


def test_a_quiet_caller_is_counted_in_the_process_alone() -> None:
    process = Process(6_000, Counter())
    assert all(process.ask() for _ in range(60))
    assert process.counter.writes == 0
    assert process.share.remaining == 5_940


@pytest.mark.parametrize("limit", [1, 2, 5, 99, 100, 6_000, 12_345])
def test_a_process_alone_grants_exactly_the_limit(limit: int) -> None:
    process = Process(limit, Counter())
    assert sum(process.ask() for _ in range(2 * limit)) == limit
    assert process.counter.writes <= BLOCKS + 24


@pytest.mark.parametrize("cost", [7, 10, 1_000])
def test_what_costs_more_is_granted_less_often(cost: int) -> None:
    process = Process(6_000, Counter())
    assert sum(process.ask(cost) for _ in range(2_000)) == 6_000 // cost


def test_a_request_that_costs_more_than_the_limit_costs_the_limit() -> None:
    process = Process(5, Counter())
    assert [process.ask(10), process.ask(10)] == [True, False]


@pytest.mark.parametrize("processes", [2, 10, 50, 200])
@pytest.mark.parametrize("seed", range(5))
def test_many_processes_grant_the_limit_and_a_block_each_at_the_most(processes: int, seed: int) -> None:
    chance, counter, limit = random.Random(seed), Counter(), 6_000  # noqa: S311 - it is to repeat itself
    crowd = [Process(limit, counter) for _ in range(processes)]
    for _ in range(6 * limit):
        chance.choice(crowd).ask(chance.choice((1, 1, 1, 10)))
    block = limit // BLOCKS
    granted = sum(each.granted for each in crowd)
    assert limit - processes * block - 10 <= granted <= limit + processes * block
    assert counter.writes <= BLOCKS + processes + 1


def test_a_process_that_was_refused_asks_no_more() -> None:
    process = Process(100, Counter(total=100))
    assert process.ask()
    writes = [process.counter.writes for _ in range(10) if not process.ask()]
    assert set(writes) == {1}


def test_what_is_left_goes_down_and_never_below_0() -> None:
    process = Process(50, Counter(total=20))
    left = []
    while process.ask():
        left.append(process.share.remaining)
    assert left == sorted(left, reverse=True)
    assert left[-1] == 0


def test_a_counter_that_does_not_answer_holds_nobody_up_and_learns_of_it_later() -> None:
    share = Share.fresh(100)
    for _ in range(200):
        wanted = share.lease_needed(1)
        share = (share.uncounted(wanted) if wanted else share).spend(1) or share
    assert (share.spent, share.remaining) == (200, 0)
    assert share.lease_needed(1) == 201
