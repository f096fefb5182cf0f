from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.delivery.attempt import FailureCause, Outcome
from chalicelib.domain.errors import InvalidCursor
from chalicelib.domain.history.filters import HistoryFilter
from chalicelib.history.ports import JournalPosition
from testbed import samples
from testbed.samples import AT, record
from tests.domain.filtering import each_alone, is_listed

if TYPE_CHECKING:
    from chalicelib.domain.history.records import HistoryRecord
    from tests.contracts.engines import World

ANY = HistoryFilter()


def at(second: float) -> HistoryRecord:
    return record(at=AT + timedelta(seconds=second))


def pages(world: World, wanted: HistoryFilter = ANY, limit: int = 50) -> list[list[HistoryRecord]]:
    """All pages of the journal."""
    found: list[list[HistoryRecord]] = []
    position: JournalPosition | None = None
    while True:
        page = world.history.page_of_all(position, wanted, limit)
        found.append(page.records)
        position = page.next_position
        if position is None:
            return found


def listed(world: World, wanted: HistoryFilter = ANY, limit: int = 50) -> list[HistoryRecord]:
    return [each for page in pages(world, wanted, limit) for each in page]


def mixed(count: int) -> list[HistoryRecord]:
    """Records of several webhooks, outcomes and types, minutes apart, newest first."""
    draw = random.Random(7)  # noqa: S311 - the same in every run
    webhook_ids = [samples.webhook_id() for _ in range(5)]
    return [
        record(
            draw.choice(webhook_ids),
            AT - timedelta(minutes=number),
            failure=draw.choice([None, FailureCause.STATUS, FailureCause.DNS]),
            notification_type=draw.choice(["modelCreated", "userCreated"]),
        )
        for number in range(count)
    ]


def test_nothing_written_is_an_empty_page(world: World) -> None:
    assert pages(world) == [[]]


@pytest.mark.parametrize("limit", [1, 7, 50, 200])
def test_records_written_one_by_one_come_newest_first(world: World, limit: int) -> None:
    records = mixed(60)
    for each in random.Random(1).sample(records, len(records)):  # noqa: S311
        world.history.write([each])
    found = pages(world, ANY, limit)
    assert [each for page in found for each in page] == records
    assert max(map(len, found)) <= limit


def test_records_of_one_write_come_each_once_whatever_the_pages_are(world: World) -> None:
    records = [at(number / 100) for number in range(70)]
    world.history.write(records)
    found = listed(world, ANY, 9)
    assert sorted(found, key=str) == sorted(records, key=str)


def test_a_write_that_spans_hours_comes_newest_first(world: World) -> None:
    records = mixed(40)
    world.history.write(records)
    assert listed(world, ANY, 6) == records


@pytest.mark.parametrize("outcome", [None, *Outcome])
@pytest.mark.parametrize("notification_type", [None, "userCreated"])
def test_the_filters_drop_what_is_not_wanted(world: World, outcome: Outcome | None, notification_type: str | None) -> None:
    records, wanted = mixed(40), HistoryFilter(outcome, notification_type)
    world.history.write(records)
    assert listed(world, wanted, 4) == [each for each in records if is_listed(each, wanted)]


def test_each_filter_lists_the_records_that_have_its_value(world: World) -> None:
    records = mixed(40)
    world.history.write(records)
    for wanted in {each for one in records for each in each_alone(one)}:
        found = [each for each in records if is_listed(each, wanted)]
        assert 0 < len(found) < len(records)
        assert listed(world, wanted, 4) == found


def test_since_is_inclusive_and_until_is_exclusive(world: World) -> None:
    records = [at(second) for second in (40, 30, 20, 15, 10, 5, 0)]
    world.history.write(records)
    wanted = HistoryFilter(since=AT + timedelta(seconds=5), until=AT + timedelta(seconds=30))
    assert listed(world, wanted, 2) == records[2:6]


def test_bounds_find_a_record_in_the_middle_of_a_row(world: World) -> None:
    records = [at(second) for second in (3, 2, 1, 0)]
    world.history.write(records)
    wanted = HistoryFilter(since=AT + timedelta(seconds=1), until=AT + timedelta(seconds=2))
    assert listed(world, wanted) == [records[2]]


def test_writing_the_same_again_lists_it_once(world: World) -> None:
    records = [at(second) for second in (2, 1, 0)]
    world.history.write(records)
    world.history.write(records)
    assert listed(world) == records


def test_writing_some_of_them_again_lists_them_once(world: World) -> None:
    records = [at(second) for second in (2, 1, 0)]
    world.history.write(records)
    world.history.write(records[1:])
    assert sorted(listed(world, ANY, 1), key=str) == sorted(records, key=str)


def test_records_whose_outcome_changed_are_listed_under_the_new_one_alone(world: World) -> None:
    records = [at(second) for second in range(16)]
    for each in records:
        world.history.write([each])
    failed = [replace(each, failure=FailureCause.STATUS) for each in records]
    for each in failed:
        world.history.write([each])
    assert listed(world) == failed[::-1]
    assert listed(world, HistoryFilter(Outcome.SUCCEEDED)) == []


def test_purged_records_are_listed_no_more(world: World) -> None:
    webhook_id = samples.webhook_id()
    world.history.write([record(webhook_id, AT + timedelta(seconds=second)) for second in range(30)])
    stays = at(-1)
    world.history.write([stays])
    world.history.purge(webhook_id, 100)
    assert listed(world, ANY, 3) == [stays]


def test_a_page_gets_past_all_that_a_deleted_webhook_has_left_gaps_of(world: World) -> None:
    webhook_id = samples.webhook_id()
    world.history.write([record(webhook_id, AT + timedelta(seconds=second)) for second in range(300)])
    stays = [at(-second) for second in range(1, 6)]
    world.history.write(stays)
    world.history.purge(webhook_id, 300)
    assert pages(world, ANY, 3) == [stays[:3], stays[3:]]


def test_expired_records_are_listed_no_more(world: World) -> None:
    world.history.write([at(0)])
    world.clock.advance(31 * 86_400)
    new = record(at=world.clock.now())
    world.history.write([new])
    assert listed(world) == [new]


def test_what_is_written_meanwhile_does_not_move_what_is_behind_the_position(world: World) -> None:
    records = [at(second) for second in (5, 4, 3, 2, 1, 0)]
    world.history.write(records)
    first = world.history.page_of_all(None, ANY, 2)
    world.history.write([at(60)])
    rest = world.history.page_of_all(first.next_position, ANY, 10)
    assert first.records + rest.records == records


@pytest.mark.parametrize(
    "position", [JournalPosition("", 0), JournalPosition("journal|failed|0", 0), JournalPosition(samples.part(), -1)]
)
def test_a_position_that_no_journal_gave_is_refused(world: World, position: JournalPosition) -> None:
    with pytest.raises(InvalidCursor):
        world.history.page_of_all(position, ANY, 5)
