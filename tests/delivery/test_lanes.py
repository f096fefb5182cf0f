"""Which queue, and for how long."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from chalicelib.delivery import lanes
from chalicelib.delivery.ports import Lane
from chalicelib.domain import queue_delay
from chalicelib.domain.delivery.attempt import Trigger
from chalicelib.domain.webhooks.health import Health
from tests.domain.samples import NOON, at, attempt

if TYPE_CHECKING:
    from datetime import datetime

FAILING = Health(failures=1, failing_since=NOON)


@pytest.mark.parametrize(
    ("trigger", "health", "lane"),
    [
        (Trigger.NOTIFICATION, Health(), Lane.FAST),
        (Trigger.NOTIFICATION, FAILING, Lane.SLOW),
        (Trigger.NOTIFICATION, Health(slow_until=at(1)), Lane.SLOW),
        (Trigger.SCHEDULE, Health(), Lane.SLOW),
        (Trigger.RETRY, Health(), Lane.FAST),
        (Trigger.RETRY, FAILING, Lane.SLOW),
    ],
)
def test_first_tries_to_the_healthy_and_people_who_wait_take_the_fast_lane(
    trigger: Trigger, health: Health, lane: Lane
) -> None:
    assert lanes.lane_of(attempt(trigger=trigger), health, NOON) is lane


def test_a_first_attempt_that_has_nothing_to_send_keeps_nobody_waiting() -> None:
    failed = attempt(problem="The webhook's filter failed.")
    assert lanes.lane_of(failed, Health(), NOON) is Lane.SLOW
    assert lanes.lane_of(replace(failed, trigger=Trigger.TEST), Health(), NOON) is Lane.FAST


@pytest.mark.parametrize(
    ("until", "delay_s"),
    [
        (None, 0),
        (at(-60), 0),
        (at(0), 0),
        (at(0.001), 1),
        (at(1), 1),
        (at(4.2), 5),
        (at(900), 900),
        (at(900.1), 900),
        (at(10**6), 900),
    ],
)
def test_waits_are_whole_seconds_that_the_queue_can_hold_never_early(until: datetime | None, delay_s: int) -> None:
    assert queue_delay.delay_until(until, NOON) == delay_s
