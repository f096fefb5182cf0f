"""Turns and places: whatever a batch is, and in whatever order its requests end."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.delivery import scheduler
from chalicelib.delivery.scheduler import Limits, Scheduler
from tests.domain.samples import NOON, at

if TYPE_CHECKING:
    from datetime import datetime

Batch = dict[str, list[str]]
"""Attempts by webhook."""

BATCHES = st.lists(st.integers(0, 9), max_size=8).map(
    lambda counts: {f"w{number}": [f"w{number}-{each}" for each in range(count)] for number, count in enumerate(counts)}
)
LIMITS = st.builds(
    Limits, in_flight_max=st.integers(1, 12), in_flight_per_webhook_max=st.integers(1, 4), sending_s=st.just(20.0)
)


class Run:
    """A batch that is sent: what is in flight, and what became of each attempt."""

    def __init__(self, batch: Batch, limits: Limits, tokens: frozenset[str] = frozenset()) -> None:
        self.limits = limits
        self.scheduler = Scheduler(batch, limits, NOON)
        self.needs_token = set(tokens)
        self.in_flight: list[str] = []
        self.fetching: list[str] = []
        self.started: list[str] = []
        self.returned: list[str] = []
        self.places_max = limits.in_flight_per_webhook_max
        if sum(map(len, batch.values())) <= limits.in_flight_max:
            self.places_max = limits.in_flight_max

    def start_all(self, now: datetime) -> None:
        """What a dispatch does: nothing after the end, a token before the first attempt."""
        while True:
            if self.scheduler.is_over(now):
                for waiting in self.scheduler.waiting_webhooks:
                    self.returned += self.scheduler.take_back(waiting)
            webhook_id = self.scheduler.next_webhook()
            if webhook_id is None:
                return
            if webhook_id in self.needs_token:
                self.scheduler.start_token(webhook_id)
                self.fetching.append(webhook_id)
            else:
                started = self.scheduler.start(webhook_id)
                self.in_flight.append(started)
                self.started.append(started)
            self.check()

    def end(self, number: int) -> None:
        """One of the requests in flight ends."""
        under_way = [*self.in_flight, *self.fetching]
        ended = under_way[number % len(under_way)]
        if ended in self.fetching:
            self.fetching.remove(ended)
            self.needs_token.discard(ended)
            self.scheduler.end_token(ended)
        else:
            self.in_flight.remove(ended)
            self.scheduler.end(webhook_of(ended), 1)

    def check(self) -> None:
        taken = Counter(map(webhook_of, self.in_flight))
        assert self.scheduler.in_flight == len(self.in_flight) + len(self.fetching) <= self.limits.in_flight_max
        assert max(taken.values(), default=0) <= self.places_max
        assert not {webhook_of(each) for each in self.in_flight} & set(self.fetching)


def webhook_of(attempt: str) -> str:
    return attempt.partition("-")[0]


@given(BATCHES, LIMITS, st.frozensets(st.sampled_from([f"w{number}" for number in range(8)])), st.data())
def test_no_webhook_exceeds_its_places_and_each_attempt_starts_or_returns_once(
    batch: Batch, limits: Limits, tokens: frozenset[str], data: st.DataObject
) -> None:
    run = Run(batch, limits, tokens)
    ends_after = data.draw(st.one_of(st.none(), st.integers(0, 30)), "requests that end in time")
    ended = 0
    run.start_all(NOON)
    while run.in_flight or run.fetching:
        run.end(data.draw(st.integers(0, 99), "ends"))
        ended += 1
        count = len(run.started)
        is_over = ends_after is not None and ended > ends_after
        run.start_all(at(20) if is_over else at(19.9))
        assert len(run.started) == count or not is_over, "nothing starts after the end"
    every = [attempt for theirs in batch.values() for attempt in theirs]
    assert sorted(run.started + run.returned) == sorted(every)
    assert run.returned == [] or ends_after is not None
    assert run.scheduler.waiting_webhooks == []


@given(BATCHES, LIMITS, st.data())
def test_turns_are_fair(batch: Batch, limits: Limits, data: st.DataObject) -> None:
    """Nobody starts twice while another webhook, which had a free place all the time, waits for its turn."""
    run = Run(batch, limits)
    passed_over: Counter[str] = Counter()
    run.start_all(NOON)
    while run.in_flight:
        run.end(data.draw(st.integers(0, 99), "ends"))
        taken = Counter(map(webhook_of, run.in_flight))
        free = [each for each in run.scheduler.waiting_webhooks if taken[each] < run.places_max]
        count = len(run.started)
        run.start_all(NOON)
        starts = Counter(map(webhook_of, run.started[count:]))
        for each in free:
            passed_over[each] = 0 if starts[each] else passed_over[each] + starts.total()
            assert passed_over[each] < len(batch)


@given(BATCHES)
def test_where_one_request_is_in_flight_at_a_time_the_webhooks_take_turns(batch: Batch) -> None:
    run = Run(batch, Limits(in_flight_max=1, in_flight_per_webhook_max=1, sending_s=20))
    run.start_all(NOON)
    while run.in_flight:
        run.end(0)
        run.start_all(NOON)
    rounds = [
        [theirs[number] for theirs in batch.values() if number < len(theirs)]
        for number in range(max(map(len, batch.values()), default=0))
    ]
    assert run.started == [attempt for each in rounds for attempt in each]


@given(BATCHES, LIMITS)
def test_a_batch_that_fits_is_started_at_once(batch: Batch, limits: Limits) -> None:
    run = Run(batch, limits)
    run.start_all(NOON)
    count = sum(map(len, batch.values()))
    if count <= limits.in_flight_max:
        assert len(run.started) == count


@given(BATCHES, LIMITS)
def test_no_place_stays_free_while_a_webhook_may_have_it(batch: Batch, limits: Limits) -> None:
    run = Run(batch, limits)
    run.start_all(NOON)
    if len(run.in_flight) < limits.in_flight_max:
        taken = Counter(map(webhook_of, run.in_flight))
        assert all(taken[each] == run.places_max for each in run.scheduler.waiting_webhooks)


@pytest.mark.parametrize(("after_s", "is_over"), [(0, False), (19.9, False), (20, True), (21, True)])
def test_sending_ends_after_its_time(after_s: float, *, is_over: bool) -> None:
    made = Scheduler({"w1": ["a"]}, Limits(4, 2, 20), NOON)
    assert made.is_over(NOON + timedelta(seconds=after_s)) is is_over


def test_sending_ends_when_the_responses_are_many_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "RESPONSE_BYTES_MAX", 10)
    made = Scheduler({"w1": ["a", "b"]}, Limits(4, 2, 20), NOON)
    for size_bytes in (9, 1):
        assert not made.is_over(NOON)
        made.start("w1")
        made.end("w1", size_bytes)
    assert made.is_over(NOON)


def test_attempts_that_are_not_kept_are_gone_and_with_the_last_the_turn() -> None:
    made = Scheduler({"w1": ["a", "b"], "w2": ["c"]}, Limits(4, 2, 20), NOON)
    made.keep("w1", lambda each: each == "b")
    made.keep("w2", lambda _: False)
    assert (made.waiting("w1"), made.waiting("w2"), made.waiting_webhooks) == (["b"], [], ["w1"])
    assert made.next_webhook() == "w1"
