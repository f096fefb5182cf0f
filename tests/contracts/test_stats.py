"""What the stats are counted from, and what was counted."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.delivery.attempt import FailureCause
from chalicelib.domain.history import stats
from chalicelib.domain.history.stats import HOUR, KeptHour, Measure, Tally
from testbed import samples

if TYPE_CHECKING:
    from tests.contracts.engines import World

NOON = samples.AT
DAY = NOON.date()


def _kept(hour: datetime = NOON, read_to: str | None = None) -> KeptHour:
    tally = Tally.of([Measure("0", NOON, cause, number) for number, cause in enumerate([None, *FailureCause])])
    return KeptHour(hour=hour, tally=tally, counted_at=NOON + timedelta(hours=3), read_to=read_to)


def test_measures_are_those_of_the_span_oldest_first(world: World) -> None:
    webhook_id = samples.webhook_id()
    seconds = (-1, 0, 5, 3599, 3600)
    made = [samples.record(webhook_id, NOON + timedelta(seconds=each)) for each in seconds]
    made += [samples.record(webhook_id, NOON + timedelta(seconds=7), failure=FailureCause.STATUS), samples.record(at=NOON)]
    world.history.write(made)
    found, rest = world.stats.measures(webhook_id, NOON, NOON + HOUR, None)
    assert rest is None
    assert [((each.at - NOON).total_seconds(), each.failure, each.duration_ms) for each in found] == [
        (0, None, 50),
        (5, None, 50),
        (7, FailureCause.STATUS, 50),
        (3599, None, 50),
    ]


def test_measures_go_on_behind_a_sort_key(world: World) -> None:
    webhook_id = samples.webhook_id()
    world.history.write([samples.record(webhook_id, NOON + timedelta(seconds=number)) for number in range(5)])
    first, _ = world.stats.measures(webhook_id, NOON, NOON + HOUR, None)
    rest, _ = world.stats.measures(webhook_id, NOON, NOON + HOUR, first[2].sort)
    assert rest == first[3:]


def test_an_expunged_record_is_measured_still(world: World) -> None:
    made = samples.record(failure=FailureCause.TIMEOUT)
    world.history.write([made])
    world.history.expunge(made.attempt.record_id, NOON)
    [found], _ = world.stats.measures(made.attempt.webhook_id, NOON, NOON + HOUR, None)
    assert (found.failure, found.duration_ms) == (FailureCause.TIMEOUT, 50)


def test_hours_come_back_as_kept(world: World) -> None:
    webhook_id = samples.webhook_id()
    hours = [_kept(), _kept(NOON + HOUR, read_to=samples.part())]
    world.stats.keep_day(webhook_id, DAY, hours)
    assert world.stats.days(webhook_id, [date(2026, 2, 28), DAY]) == {each.hour: each for each in hours}


def test_a_day_is_replaced_as_a_whole(world: World) -> None:
    webhook_id = samples.webhook_id()
    world.stats.keep_day(webhook_id, DAY, [_kept()])
    world.stats.keep_day(webhook_id, DAY, [_kept(NOON + HOUR)])
    assert list(world.stats.days(webhook_id, [DAY])) == [NOON + HOUR]


def test_what_is_forgotten_is_one_webhooks(world: World) -> None:
    mine, other = samples.webhook_id(), samples.webhook_id()
    for each in (mine, other):
        world.stats.keep_day(each, DAY, [_kept()])
    world.stats.forget(mine)
    assert world.stats.days(mine, [DAY]) == {}
    assert list(world.stats.days(other, [DAY])) == [stats.hour_of(NOON)]


def test_what_is_kept_is_no_record(world: World) -> None:
    webhook_id = samples.webhook_id()
    world.stats.keep_day(webhook_id, DAY, [_kept()])
    assert world.history.purge(webhook_id, 10) == 0
    assert world.stats.measures(webhook_id, NOON, NOON + HOUR, None) == ([], None)
