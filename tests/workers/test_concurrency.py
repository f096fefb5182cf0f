"""Requests that are made at once, in threads that end before the invocation does."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from chalicelib import concurrency
from chalicelib.concurrency import AT_ONCE_MAX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WAIT_S = 30
"""Much longer than a thread takes to begin: a test that fails waits for it, one that passes does not."""


class Meeting:
    """Calls that each wait until so many are under way at once."""

    def __init__(self, count: int) -> None:
        self.most = 0
        self._barrier = threading.Barrier(count)
        self._lock = threading.Lock()
        self._now = 0

    def attend(self, item: int) -> int:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        self._barrier.wait(WAIT_S)
        with self._lock:
            self._now -= 1
        return item * 10


def run(work: Callable[[int], int], items: list[int]) -> object:
    return concurrency.run(work, items)


def outcomes(work: Callable[[int], int], items: list[int]) -> object:
    return concurrency.outcomes(work, items)


@pytest.mark.parametrize("way", [run, outcomes])
def test_eight_calls_are_made_at_once_and_no_more(way: Callable[..., object]) -> None:
    meeting = Meeting(AT_ONCE_MAX)
    items = list(range(3 * AT_ONCE_MAX))
    assert way(meeting.attend, items) == [10 * each for each in items]
    assert meeting.most == AT_ONCE_MAX == 8


@pytest.mark.parametrize("way", [run, outcomes])
@pytest.mark.parametrize("count", [0, 1])
def test_a_single_call_needs_no_thread(way: Callable[..., object], count: int) -> None:
    made: list[threading.Thread] = []

    def work(item: int) -> int:
        made.append(threading.current_thread())
        return item

    assert way(work, list(range(count))) == list(range(count))
    assert made == [threading.current_thread()] * count


@pytest.mark.parametrize("way", [run, outcomes])
def test_no_thread_is_left(way: Callable[..., object]) -> None:
    """Lambda freezes the process after the invocation: a thread would go on in the next one."""
    before = threading.active_count()
    way(lambda item: item, list(range(20)))
    concurrency.run_stream(lambda item: item, iter(range(20)))
    assert threading.active_count() == before


def fail_for_two(item: int) -> int:
    if item == 2:
        raise ZeroDivisionError
    return item


def test_a_failure_stands_in_the_place_of_its_result() -> None:
    first, second, third = concurrency.outcomes(fail_for_two, [1, 2, 3])
    assert (first, type(second), third) == (1, ZeroDivisionError, 3)


def test_a_failure_is_raised_after_all_calls_have_ended() -> None:
    ended: list[int] = []

    def work(item: int) -> int:
        made = fail_for_two(item)
        time.sleep(0)
        ended.append(made)
        return made

    with pytest.raises(ZeroDivisionError):
        concurrency.run(work, list(range(20)))
    assert sorted(ended) == [each for each in range(20) if each != 2]


def test_what_is_no_exception_of_the_program_is_passed_on() -> None:
    """As the end of a process in the simulation is, or an interrupt."""

    def work(_: int) -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        concurrency.outcomes(work, [1, 2])


def test_of_a_stream_no_more_is_taken_than_is_under_way() -> None:
    """So a thousand messages of 128 KB never exist at the same time."""
    taken: list[int] = []
    done: list[int] = []
    most = 0

    def items() -> Iterator[int]:
        nonlocal most
        for number in range(50):
            taken.append(number)
            most = max(most, len(taken) - len(done))
            yield number

    concurrency.run_stream(done.append, items())
    assert sorted(done) == list(range(50))
    assert most <= AT_ONCE_MAX + 1


def test_a_stream_ends_at_the_first_failure() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(1_000):
            taken.append(number)
            yield number

    with pytest.raises(ZeroDivisionError):
        concurrency.run_stream(fail_for_two, items())
    assert len(taken) <= 2 + 2 * AT_ONCE_MAX


def test_the_calls_of_a_stream_are_made_at_once() -> None:
    meeting = Meeting(AT_ONCE_MAX)
    concurrency.run_stream(meeting.attend, iter(range(2 * AT_ONCE_MAX)))
    assert meeting.most == AT_ONCE_MAX
