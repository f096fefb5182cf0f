"""When a failed attempt is made again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.delivery.schedule import RETRY_AFTER_MAX_S, AttemptSchedule, retry_after_s
from tests.domain.samples import NOON, SCHEDULE

DAY_S = 24 * 3600


def _wait_s(schedule: AttemptSchedule, number: int, *, asked: float | None = None, seed: str = "") -> float | None:
    due = schedule.next_attempt_at(attempt_number=number, failed_at=NOON, retry_after_s=asked, seed=seed)
    return None if due is None else (due - NOON).total_seconds()


@pytest.mark.parametrize(
    ("number", "wait_s"),
    [(1, 5), (2, 5 * 60), (3, 30 * 60), (4, 2 * 3600), (5, 5 * 3600), (6, 10 * 3600), (7, 10 * 3600)],
)
def test_the_designs_schedule_with_its_jitter(number: int, wait_s: int) -> None:
    waits = [_wait_s(SCHEDULE, number, seed=str(seed)) for seed in range(300)]
    found = [wait / wait_s for wait in waits if wait is not None]
    assert len(found) == 300
    assert 0.8 <= min(found) < 0.85
    assert 1.15 < max(found) <= 1.2


@pytest.mark.parametrize(("schedule", "number"), [(SCHEDULE, 8), (SCHEDULE, 99), (AttemptSchedule(()), 1)])
def test_behind_the_last_wait_there_is_no_attempt_whatever_was_asked_for(schedule: AttemptSchedule, number: int) -> None:
    assert _wait_s(schedule, number, asked=60) is None


@given(st.text(), st.integers(1, 7))
def test_the_same_seed_gives_the_same_time(seed: str, number: int) -> None:
    assert _wait_s(SCHEDULE, number, seed=seed) == _wait_s(SCHEDULE, number, seed=seed)


@pytest.mark.parametrize(("asked", "wait_s"), [(120, 120), (0, None), (1, None), (None, None), (RETRY_AFTER_MAX_S, DAY_S)])
def test_what_the_receiver_asks_for_counts_where_it_is_later(asked: float | None, wait_s: float | None) -> None:
    assert _wait_s(SCHEDULE, 1, asked=asked) == (wait_s or _wait_s(SCHEDULE, 1))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("120", 120),
        (" 120 ", 120),
        ("0", 0),
        ("86400", DAY_S),
        ("86401", DAY_S),
        ("99999999", DAY_S),
        ("9" * 10_000, DAY_S),
        ("Sun, 01 Mar 2026 12:02:00 GMT", 120),
        ("Sunday, 01-Mar-26 12:02:00 GMT", 120),
        ("Sun Mar  1 12:02:00 2026", 120),
        ("Sun, 01 Mar 2026 12:02:00 +0100", None),
        ("Sun, 01 Mar 2026 12:02:00 -0100", 3720),
        ("Tue, 03 Mar 2026 12:00:00 GMT", DAY_S),
        ("Fri, 31 Dec 9999 23:59:59 GMT", DAY_S),
        ("Sun, 01 Mar 2026 12:00:00 GMT", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", None),
        ("Sun, 99 Mar 2026 12:02:00 GMT", None),
        ("Sun, 01 Mar 2026 12:02:00 +9999", None),
        ("-5", None),
        ("+5", None),
        ("1.5", None),
        ("1e3", None),
        ("0x10", None),
        ("٣٠", None),
        ("²", None),
        ("", None),
        ("   ", None),
        ("soon", None),
        ("120, 240", None),
        ("120\x00", None),
    ],
)
def test_retry_after_is_read_where_it_makes_sense(value: str | None, seconds: float | None) -> None:
    assert retry_after_s(value, NOON) == seconds


@given(
    st.text()
    | st.from_regex(r"[A-Z][a-z]{2}, \d{1,4} [A-Z][a-z]{2} \d{1,5} \d\d:\d\d:\d\d ([A-Z]{1,4}|[+-]\d{1,6})", fullmatch=True)
)
def test_no_retry_after_raises_or_goes_beyond_its_bounds(value: str) -> None:
    seconds = retry_after_s(value, NOON)
    assert seconds is None or 0 <= seconds <= RETRY_AFTER_MAX_S


def test_a_time_to_come_is_never_before_the_failure() -> None:
    due = SCHEDULE.next_attempt_at(attempt_number=1, failed_at=NOON, retry_after_s=0, seed="x")
    assert due is not None
    assert due - NOON >= timedelta(seconds=4)
