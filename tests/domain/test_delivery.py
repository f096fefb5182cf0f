"""A delivery's ids: whoever works them out again gets the same ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain import ids
from chalicelib.domain.delivery.attempt import Trigger
from chalicelib.domain.delivery.delivery import Delivery
from chalicelib.domain.history.recovery import Recovery, Wanted
from tests.domain.samples import NOON, at, exchange, notified, recorded, webhook_id

if TYPE_CHECKING:
    from chalicelib.domain.delivery.attempt import PendingAttempt
    from chalicelib.domain.notifications.notification import Notification

TIMES = [NOON, NOON + timedelta(microseconds=1), NOON + timedelta(microseconds=123_999), at(30 * 86_400)]


def _begun(notification: Notification, number: int = 1) -> PendingAttempt:
    return Delivery.of(notification, webhook_id(number)).first_attempt("{}")


def _first_record_id(attempt: PendingAttempt) -> ids.RecordId:
    return Delivery.of_attempt(attempt).first_record_id


@pytest.mark.parametrize("accepted_at", TIMES)
@pytest.mark.parametrize("notification_id", ["evt-7f3", "ntf_1", "ü\x00"])
def test_the_first_record_is_told_by_any_attempt_of_the_delivery(accepted_at: datetime, notification_id: str) -> None:
    begun = _begun(notified(notification_id=notification_id, accepted_at=accepted_at))
    failed = recorded(begun, exchange(500))
    retried = failed.retry(ids.RecordId(webhook_id(1), ids.derived(at(60), "fresh")))
    for attempt in (begun, failed.next_attempt(), retried):
        assert attempt is not None
        assert _first_record_id(attempt) == begun.record_id


def test_the_first_record_is_the_webhooks_own() -> None:
    one, other = (_begun(notified(), number) for number in (1, 2))
    assert _first_record_id(one) != _first_record_id(other)


def test_a_recoverys_record_is_not_the_first_one() -> None:
    begun = _begun(notified())
    recovery = Recovery(
        id="rcv_1",
        webhook_id=webhook_id(1),
        only=Wanted.ALL,
        since=NOON,
        until=at(60),
        started_at=NOON,
        updated_at=NOON,
    )
    assert recovery.record_id_of(begun.delivery_id) != _first_record_id(begun)


@pytest.mark.parametrize(
    ("number", "trigger", "status", "is_first_success"),
    [
        (1, Trigger.NOTIFICATION, 200, True),
        (1, Trigger.NOTIFICATION, 500, False),
        (1, Trigger.RECOVERY, 200, False),
        (1, Trigger.TEST, 200, False),
        (2, Trigger.SCHEDULE, 200, False),
        (2, Trigger.RETRY, 200, False),
    ],
)
def test_a_first_success_is_what_a_notification_brought_about_at_once(
    number: int, trigger: Trigger, status: int, *, is_first_success: bool
) -> None:
    begun = _begun(notified())
    made = recorded(replace(begun, attempt_number=number, trigger=trigger), exchange(status))
    assert made.is_first_success is is_first_success


def test_deliveries_of_two_producers_differ_though_their_notifications_have_one_id() -> None:
    mine, theirs = (_begun(replace(notified(), producer=name)) for name in ("user|1", "user|2"))
    assert mine.delivery_id != theirs.delivery_id
    assert _first_record_id(mine) == mine.record_id != theirs.record_id == _first_record_id(theirs)


def test_a_delivery_from_before_producers_had_name_spaces_keeps_its_ids() -> None:
    taken = notified(notification_id="ntf_1", accepted_at=NOON)
    begun = _begun(taken)
    assert begun.delivery_id == ids.DELIVERY + ids.derived(NOON, "delivery", taken.id, webhook_id(1))
    assert begun.record_id.sort == ids.derived(NOON, "record", taken.id, webhook_id(1))
    assert _first_record_id(begun) == begun.record_id


def test_every_attempt_of_a_delivery_is_one_of_the_same_delivery() -> None:
    delivery = Delivery.of(replace(notified(), depth=3), webhook_id(1))
    failed = recorded(delivery.first_attempt("{}"), exchange(500))
    for attempt in (failed.attempt, failed.next_attempt()):
        assert attempt is not None
        assert Delivery.of_attempt(attempt) == delivery
