"""Counting attempts by the hour."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.delivery.attempt import FailureCause
from chalicelib.domain.history import stats
from chalicelib.domain.history.stats import ERROR_MAX, Histogram, KeptHour, Measure, Tally
from tests.domain.samples import NOON, at, exchange

DURATIONS = st.lists(st.integers(0, 10_000_000), min_size=1, max_size=60)
HOUR_S = 3600
TEN = 10


@given(DURATIONS, st.sampled_from([0.01, 0.5, 0.95, 0.99, 1.0]))
def test_a_quantile_is_off_by_the_bound_at_the_most(durations_ms: list[int], share: float) -> None:
    exact = sorted(durations_ms)[max(1, math.ceil(share * len(durations_ms))) - 1]
    estimate = Histogram.of(durations_ms).quantile(share)
    assert estimate is not None
    assert abs(estimate - exact) <= exact * ERROR_MAX * (1 + 1e-9)


@given(DURATIONS, DURATIONS)
def test_histograms_add_up_to_the_histogram_of_all(some: list[int], others: list[int]) -> None:
    assert Histogram.of(some) + Histogram.of(others) == Histogram.of(some + others)


@given(
    st.lists(st.tuples(st.none() | st.sampled_from(FailureCause), st.integers(0, 9_999)), max_size=40), st.integers(0, 40)
)
def test_tallies_add_up_to_the_tally_of_all(made: list[tuple[FailureCause | None, int]], cut: int) -> None:
    measures = [Measure("0", NOON, failure, duration_ms) for failure, duration_ms in made]
    assert Tally.of(measures[:cut]) + Tally.of(measures[cut:]) == Tally.of(measures)


def test_nothing_has_no_quantile() -> None:
    assert Histogram().quantile(0.5) is None


def test_only_what_was_answered_has_a_time_of_response() -> None:
    causes = [None, *FailureCause]
    tally = Tally.of([Measure("0", NOON, cause, TEN) for cause in causes])
    of_statuses = {exchange(status).judge()[0] for status in range(200, 600)}
    assert sum(tally.responses.counts.values()) == len(of_statuses)
    assert tally.attempts == len(causes)


@pytest.mark.parametrize(
    ("counted_s", "now_s", "is_good"),
    [
        (2 * HOUR_S, 3 * HOUR_S, True),
        (2 * HOUR_S, 26 * HOUR_S - 1, True),
        (2 * HOUR_S, 26 * HOUR_S, False),
        (26 * HOUR_S, 999 * HOUR_S, True),
    ],
)
def test_an_hour_is_counted_again_once_it_is_settled(counted_s: float, now_s: float, is_good: bool) -> None:  # noqa: FBT001
    kept = KeptHour(hour=NOON, tally=Tally(), counted_at=at(counted_s))
    assert kept.is_good(at(now_s)) is is_good


def test_an_hour_counted_in_part_is_never_good() -> None:
    kept = KeptHour(hour=NOON, tally=Tally(), counted_at=at(99 * HOUR_S), read_to="0")
    assert not kept.is_good(at(99 * HOUR_S))


def test_a_count_after_records_have_expired_does_not_replace_a_fuller_one() -> None:
    before = KeptHour(hour=NOON, tally=Tally(succeeded=TEN), counted_at=at(0))
    after = KeptHour(hour=NOON, tally=Tally(succeeded=1), counted_at=at(HOUR_S))
    assert before.fuller(after) == KeptHour(hour=NOON, tally=before.tally, counted_at=after.counted_at)
    assert after.fuller(before) == before


def test_the_hours_of_a_span_begin_with_the_one_that_it_begins_in() -> None:
    since, until = datetime(2026, 3, 1, 22, 59, tzinfo=UTC), datetime(2026, 3, 2, 0, 0, 1, tzinfo=UTC)
    hours = stats.hours_between(since, until)
    assert [hour.hour for hour in hours] == [22, 23, 0]
    assert stats.hours_between(since, until - timedelta(seconds=1)) == hours[:-1]


@pytest.mark.parametrize(("later_s", "is_closed"), [(2 * HOUR_S - 1, False), (2 * HOUR_S, True)])
def test_an_hour_is_kept_no_sooner_than_an_hour_after_its_end(later_s: int, *, is_closed: bool) -> None:
    assert stats.is_closed(NOON, at(later_s)) is is_closed
