"""Records, and what follows them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain import ids
from chalicelib.domain.delivery.attempt import FailureCause, Outcome, Trigger
from chalicelib.domain.delivery.schedule import AttemptSchedule
from chalicelib.domain.history import records
from tests.domain.samples import NOON, SCHEDULE, at, attempt, broken, exchange, recorded

if TYPE_CHECKING:
    from chalicelib.domain.delivery.attempt import Exchange

ON_THE_SCHEDULE = [300, 307, 400, 401, 403, 404, 408, 425, 429, 500, 502, 503, 504, 600]


def test_a_success_owes_no_attempt() -> None:
    made = recorded(came=exchange(204))
    assert (made.outcome, made.failure, made.next_attempt_at, made.next_attempt()) == (Outcome.SUCCEEDED, None, None, None)


@pytest.mark.parametrize("status", ON_THE_SCHEDULE)
def test_a_failed_status_is_put_on_the_schedule(status: int) -> None:
    made = recorded(came=exchange(status))
    assert made.outcome is Outcome.FAILED
    assert made.next_attempt_at is not None
    assert at(4) <= made.next_attempt_at <= at(6)


@pytest.mark.parametrize("cause", [cause for cause in FailureCause if not cause.is_final])
def test_a_failure_on_the_way_is_put_on_the_schedule(cause: FailureCause) -> None:
    assert recorded(came=broken(cause)).next_attempt_at is not None


@pytest.mark.parametrize("came", [exchange(410), broken(FailureCause.GONE), broken(FailureCause.RENDERING)])
def test_what_is_final_is_not_tried_again(came: Exchange) -> None:
    assert recorded(came=came).next_attempt_at is None


def test_a_persons_retry_is_not_put_on_the_schedule() -> None:
    assert recorded(attempt(trigger=Trigger.RETRY), exchange(500)).next_attempt_at is None


@pytest.mark.parametrize(("number", "is_owed"), [(1, True), (7, True), (8, False), (9, False)])
def test_the_schedule_ends(number: int, *, is_owed: bool) -> None:
    made = recorded(attempt(attempt_number=number, trigger=Trigger.SCHEDULE), exchange(500))
    assert (made.next_attempt() is not None) is is_owed


def test_a_webhook_may_want_no_automatic_attempts() -> None:
    assert records.record(attempt(), exchange(500), AttemptSchedule(())).next_attempt_at is None


@pytest.mark.parametrize(
    ("asked", "wait_s"), [("120", 120), ("99999999", 24 * 3600), ("Sun, 01 Mar 2026 12:05:00 GMT", 300)]
)
@pytest.mark.parametrize("status", [408, 425, 429, 503])
def test_retry_after_is_honoured_from_the_end_of_the_answer(status: int, asked: str, wait_s: int) -> None:
    made = recorded(came=exchange(status, headers={"Retry-After": asked}, started_at=at(-2), duration_ms=2_000))
    assert made.next_attempt_at == at(wait_s)


@pytest.mark.parametrize("asked", ["-5", "soon", "Wed, 21 Oct 2015 07:28:00 GMT", ""])
def test_nonsense_in_retry_after_is_ignored(asked: str) -> None:
    plain = recorded(came=exchange(503)).next_attempt_at
    assert recorded(came=exchange(503, headers={"retry-after": asked})).next_attempt_at == plain


def test_the_next_attempt_is_the_same_delivery_under_a_record_of_its_own() -> None:
    made = recorded(attempt(slot_at=NOON), exchange(500))
    owed = made.next_attempt()
    assert owed is not None
    assert (owed.delivery_id, owed.body, owed.webhook_id) == (
        made.attempt.delivery_id,
        made.attempt.body,
        made.attempt.webhook_id,
    )
    assert (owed.attempt_number, owed.trigger, owed.slot_at, owed.retry_of) == (2, Trigger.SCHEDULE, None, None)
    assert owed.record_id != made.attempt.record_id


def test_the_next_attempt_is_the_same_however_often_it_is_asked_for() -> None:
    one, other = (recorded(came=exchange(500)) for _ in range(2))
    assert one.next_attempt() == other.next_attempt()


def test_the_next_attempts_record_stands_at_its_time() -> None:
    made = recorded(came=exchange(500))
    owed = made.next_attempt()
    assert owed is not None
    assert made.next_attempt_at is not None
    assert timedelta(0) <= made.next_attempt_at - ids.time_of(owed.record_id.sort) < timedelta(milliseconds=1)


def test_a_retry_sends_the_same_bytes_under_the_record_it_was_given() -> None:
    made = recorded(attempt(slot_at=NOON, attempt_number=3))
    fresh = ids.RecordId(made.attempt.webhook_id, ids.derived(at(60), "fresh"))
    owed = made.retry(fresh)
    assert (owed.record_id, owed.retry_of, owed.trigger) == (fresh, str(made.attempt.record_id), Trigger.RETRY)
    assert (owed.delivery_id, owed.body, owed.slot_at) == (made.attempt.delivery_id, made.attempt.body, None)
    assert owed.attempt_number == 4


@pytest.mark.parametrize(("number", "waits"), [(1, False), (2, False), (3, True), (7, True)])
def test_what_a_queue_cannot_hold_back_waits_in_the_index(number: int, *, waits: bool) -> None:
    made = recorded(attempt(attempt_number=number, trigger=Trigger.SCHEDULE), exchange(500))
    assert made.waits_in_due_index is waits


@pytest.mark.parametrize(("wait_s", "waits"), [(900, False), (901, True)])
def test_fifteen_minutes_are_the_most_that_a_queue_holds_back(wait_s: int, *, waits: bool) -> None:
    made = recorded(attempt(), exchange(503, headers={"retry-after": str(wait_s)}))
    assert made.waits_in_due_index is waits


def test_a_record_outlives_the_wait_for_what_follows_it() -> None:
    ended = recorded(came=exchange(200, duration_ms=500))
    waiting = recorded(came=exchange(503, headers={"retry-after": "86400"}))
    assert ended.expires_at(30) == at(0.5) + timedelta(days=30)
    assert waiting.expires_at(1) == NOON + timedelta(days=2)


def test_a_record_is_ordered_by_the_time_its_attempt_was_queued_for() -> None:
    assert recorded(came=exchange(started_at=at(500))).created_at == NOON


def test_the_same_failure_is_followed_at_the_same_time() -> None:
    assert records.record(attempt(), exchange(500), SCHEDULE) == records.record(attempt(), exchange(500), SCHEDULE)
