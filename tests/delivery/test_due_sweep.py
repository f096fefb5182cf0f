"""What goes on behind: due attempts, purges, refused records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chalicelib.background.tasks import PurgeHistory, WriteRecord
from chalicelib.delivery.ports import Lane
from chalicelib.domain.delivery.attempt import Trigger
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.history.filters import HistoryFilter
from chalicelib.domain.history.stats import KeptHour, Tally
from testbed.fakes.service import FakeAdapters, service_on
from tests.delivery.crashes import Interrupted
from tests.domain.samples import NOON, at, attempt_at, exchange, recorded, webhook

if TYPE_CHECKING:
    from chalicelib.domain.history.records import HistoryRecord

HOUR_S = 3600
EVERYTHING = HistoryFilter()


@pytest.fixture
def world() -> FakeAdapters:
    return FakeAdapters()


def _waiting(world: FakeAdapters, count: int, wait_s: int = HOUR_S) -> list[HistoryRecord]:
    """Failures whose next attempt is an hour off, each a second later than the one before."""
    made = [
        recorded(attempt_at(at(number)), exchange(503, headers={"retry-after": str(wait_s + number)}))
        for number in range(count)
    ]
    world.history.write(made)
    return made


def _follow(records: list[HistoryRecord]) -> list[str]:
    return [str(each.record_id) for record in records if (each := record.next_attempt())]


def _sent(world: FakeAdapters) -> list[str]:
    return [str(each.attempt.record_id) for each in world.deliveries.sent]


def test_what_is_due_is_enqueued_on_the_slow_lane_and_nothing_else(world: FakeAdapters) -> None:
    made = _waiting(world, 3)
    world.clock.advance(HOUR_S + 1)
    assert service_on(world).due_sweep.sweep() == 2
    assert _sent(world) == _follow(made[:2])
    assert {(each.lane, each.delay_s, each.attempt.trigger) for each in world.deliveries.sent} == {
        (Lane.SLOW, 0, Trigger.SCHEDULE)
    }


def test_what_was_swept_is_not_swept_again(world: FakeAdapters) -> None:
    _waiting(world, 3)
    world.clock.advance(2 * HOUR_S)
    assert [service_on(world).due_sweep.sweep() for _ in range(2)] == [3, 0]


def test_a_sweep_goes_on_batch_by_batch(world: FakeAdapters) -> None:
    made = _waiting(world, 7)
    world.clock.advance(2 * HOUR_S)
    assert service_on(world, due_batch_max=2).due_sweep.sweep() == 7
    assert _sent(world) == _follow(made)


def test_a_crash_between_sending_and_clearing_repeats_and_loses_nothing(world: FakeAdapters) -> None:
    made = _waiting(world, 2)
    world.clock.advance(2 * HOUR_S)
    with Interrupted(world, calls_before=3):
        service_on(world).due_sweep.sweep()
    assert _sent(world) == _follow(made)
    assert service_on(world).due_sweep.sweep() == 2
    assert _sent(world) == _follow(made) * 2


def test_where_the_queue_refuses_nothing_is_cleared(world: FakeAdapters) -> None:
    made = _waiting(world, 2)
    world.clock.advance(2 * HOUR_S)
    world.deliveries.is_refusing = True
    with pytest.raises(Unavailable):
        service_on(world).due_sweep.sweep()
    assert world.history.still_due(world.history.due(world.clock.now(), 9)) == made


def _with_history(world: FakeAdapters, count: int) -> None:
    """A deleted webhook that leaves records behind, and another one that stays."""
    world.webhooks.create(webhook(1))
    world.webhooks.create(webhook(2))
    world.history.write([recorded(attempt_at(at(number))) for number in range(count)])
    world.history.write([recorded(attempt_at(NOON, 2))])
    world.webhooks.delete(webhook(1), NOON)


def _left(world: FakeAdapters) -> list[str]:
    return [each.attempt.webhook_id for each in world.history.page_of_all(None, EVERYTHING, 9_999).records]


def test_a_purge_takes_the_history_of_the_deleted_and_no_other(world: FakeAdapters) -> None:
    _with_history(world, 1_200)
    service_on(world).purge.step(webhook(1))
    assert _left(world) == [webhook(2).id]
    assert world.webhooks.unpurged(at(99), 9) == []
    assert world.background.sent == []


def test_a_purge_whose_time_is_up_puts_the_rest_back(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch) -> None:
    _with_history(world, 1_200)
    purge = world.history.purge

    def slow_purge(webhook_id: str, limit: int) -> int:
        world.clock.advance(20)
        return purge(webhook_id, limit)

    monkeypatch.setattr(world.history, "purge", slow_purge)
    rooms = service_on(world, purge_s=20)
    rooms.purge.step(webhook(1))
    assert len(_left(world)) == 701
    assert [each.webhook.id for each in world.background.work(PurgeHistory)] == [webhook(1).id]
    while world.background.sent:
        rooms.purge.step(world.background.take(PurgeHistory).webhook)
    assert _left(world) == [webhook(2).id]


@pytest.mark.parametrize("calls_before", range(5))
def test_a_purge_that_dies_half_way_is_done_by_the_next(world: FakeAdapters, calls_before: int) -> None:
    _with_history(world, 600)
    with Interrupted(world, calls_before) as interrupted:
        service_on(world).purge.step(webhook(1))
    assert interrupted.is_reached
    world.clock.advance(121)
    rooms = service_on(world)
    assert rooms.due_sweep.resume_purges() == 1
    rooms.purge.step(world.background.take(PurgeHistory).webhook)
    assert _left(world) == [webhook(2).id]
    assert rooms.due_sweep.resume_purges() == 0


@pytest.mark.parametrize(("age_s", "resumed"), [(120, 0), (121, 1)])
def test_a_purge_left_behind_is_resumed_when_its_note_has_settled(world: FakeAdapters, age_s: float, resumed: int) -> None:
    _with_history(world, 1)
    world.clock.advance(age_s)
    assert service_on(world).due_sweep.resume_purges() == resumed
    assert len(world.background.sent) == resumed


def test_records_that_the_table_refuses_are_queued(world: FakeAdapters) -> None:
    made = [recorded(attempt_at(at(number))) for number in range(3)]
    world.history.refuses = lambda record: record == made[1]
    service_on(world).keeper.keep(made)
    assert world.background.work(WriteRecord) == [WriteRecord(made[1])]
    assert world.history.page_of_all(None, EVERYTHING, 9).records == [made[2], made[0]]


def test_a_record_off_the_queue_does_not_replace_that_of_the_same_attempt_made_again(world: FakeAdapters) -> None:
    stale = recorded(came=exchange(503))
    followed_up = recorded(came=exchange(503, headers={"retry-after": "3600"}, started_at=at(360)))
    world.history.write([followed_up])
    service_on(world).keeper.write(stale)
    assert world.history.get(stale.attempt.record_id) == followed_up
    assert world.history.still_due(world.history.due(at(2 * HOUR_S), 9)) == [followed_up]


def test_a_record_off_the_queue_is_written_when_the_table_takes_it(world: FakeAdapters) -> None:
    made = recorded()
    world.history.refuses = lambda _: True
    with pytest.raises(Unavailable):
        service_on(world).keeper.write(made)
    world.history.refuses = lambda _: False
    service_on(world).keeper.write(made)
    assert world.history.get(made.attempt.record_id) == made


def test_a_purge_that_is_over_is_not_done_again(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch) -> None:
    _with_history(world, 1)
    service_on(world).purge.step(webhook(1))
    monkeypatch.setattr(world.history, "purge", None)
    service_on(world).purge.step(webhook(1))
    assert world.background.sent == []


def test_a_purge_takes_the_stats_of_the_deleted_and_no_others(world: FakeAdapters) -> None:
    _with_history(world, 1)
    counted = KeptHour(hour=NOON, tally=Tally(succeeded=1), counted_at=at(2 * HOUR_S))
    for number in (1, 2):
        world.stats.keep_day(webhook(number).id, NOON.date(), [counted])
    service_on(world).purge.step(webhook(1))
    assert [world.stats.days(webhook(number).id, [NOON.date()]) for number in (1, 2)] == [{}, {NOON: counted}]


def test_a_purge_that_somebody_has_ended_meanwhile_is_not_resumed(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with_history(world, 1)
    world.clock.advance(121)
    monkeypatch.setattr(world.webhooks, "renew_purge", lambda *_: False)
    service_on(world).due_sweep.resume_purges()
    assert world.background.sent == []
