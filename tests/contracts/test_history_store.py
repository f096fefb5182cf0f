from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.delivery.attempt import FailureCause, Outcome, Trigger
from chalicelib.domain.history.filters import HistoryFilter
from chalicelib.domain.history.records import DUE_AFTER_S, HistoryRecord
from chalicelib.domain.ids import RecordId
from testbed import samples
from testbed.samples import AT, record
from tests.domain.filtering import each_alone, is_listed

if TYPE_CHECKING:
    from tests.contracts.engines import World

ANY = HistoryFilter()
FAR_S = DUE_AFTER_S + 1


def written(world: World, *records: HistoryRecord) -> tuple[HistoryRecord, ...]:
    assert world.history.write(records) == []
    return records


def series(webhook_id: str, count: int, **changes: Any) -> list[HistoryRecord]:  # noqa: ANN401
    """Records of one webhook, a second apart, newest first."""
    return [record(webhook_id, AT + timedelta(seconds=second), **changes) for second in reversed(range(count))]


def pages(world: World, webhook_id: str, wanted: HistoryFilter, limit: int) -> list[list[HistoryRecord]]:
    """All pages of a webhook's history."""
    found, before = [], None
    while True:
        records, before = world.history.page(webhook_id, before, wanted, limit)
        found.append(records)
        if before is None:
            return found


def listed(world: World, webhook_id: str, wanted: HistoryFilter = ANY, limit: int = 50) -> list[HistoryRecord]:
    return [each for page in pages(world, webhook_id, wanted, limit) for each in page]


def days_later(world: World, days: float) -> datetime:
    return world.clock.advance(days * 86_400)


def test_a_record_comes_back_as_written(world: World) -> None:
    made = record(
        failure=FailureCause.STATUS,
        wait_s=FAR_S,
        trigger=Trigger.RETRY,
        attempt_number=3,
        retry_of="rec_1",
        slot_at=AT + timedelta(microseconds=1),
        chosen=samples.CHOSEN,
    )
    written(world, made)
    assert world.history.get(made.attempt.record_id) == made


def test_a_record_that_never_was_is_none(world: World) -> None:
    assert world.history.get(RecordId(samples.webhook_id(), samples.part())) is None


def test_writing_a_record_again_replaces_it(world: World) -> None:
    (made,) = written(world, record())
    (other,) = written(world, replace(made, message="Something else."))
    assert world.history.get(made.attempt.record_id) == other
    assert listed(world, made.attempt.webhook_id) == [other]


def test_a_record_that_stands_twice_in_one_write_is_kept_once(world: World) -> None:
    made = record()
    written(world, made, made)
    assert listed(world, made.attempt.webhook_id) == [made]


def test_writing_nothing_is_no_error(world: World) -> None:
    assert world.history.write([]) == []


def test_many_records_are_written_and_read_at_once(world: World) -> None:
    records = [record() for _ in range(230)]
    written(world, *records)
    wanted = {each.attempt.record_id: each for each in records}
    assert world.history.get_many([*wanted, RecordId(samples.webhook_id(), samples.part())]) == wanted


def test_a_record_is_gone_when_it_expires(world: World) -> None:
    (made,) = written(world, record())
    days_later(world, 29.9)
    assert world.history.get(made.attempt.record_id) == made
    days_later(world, 0.2)
    assert world.history.get(made.attempt.record_id) is None
    assert world.history.get_many([made.attempt.record_id]) == {}


@pytest.mark.parametrize("outcome", [None, *Outcome])
def test_expired_records_are_on_no_page(world: World, outcome: Outcome | None) -> None:
    webhook_id = samples.webhook_id()
    written(world, *series(webhook_id, 2), *series(webhook_id, 2, failure=FailureCause.STATUS))
    later = days_later(world, 31)
    new = written(world, record(webhook_id, later), record(webhook_id, later, failure=FailureCause.DNS))
    wanted = [each for each in new if outcome in {None, each.outcome}]
    found = listed(world, webhook_id, HistoryFilter(outcome))
    assert sorted(found, key=str) == sorted(wanted, key=str)


def test_pages_are_newest_first_and_of_one_webhook(world: World) -> None:
    webhook_id = samples.webhook_id()
    records = series(webhook_id, 12)
    written(world, *records, record())
    found = pages(world, webhook_id, ANY, 5)
    assert found[0] == records[:5]
    assert [each for page in found for each in page] == records


def test_a_page_that_holds_all_has_no_next_one(world: World) -> None:
    webhook_id = samples.webhook_id()
    written(world, *series(webhook_id, 5))
    assert world.history.page(webhook_id, None, ANY, 5)[1] is None


def test_a_webhook_without_records_has_an_empty_page(world: World) -> None:
    assert world.history.page(samples.webhook_id(), None, ANY, 5) == ([], None)


def test_a_page_begins_behind_the_sort_key_even_if_its_record_is_gone(world: World) -> None:
    webhook_id = samples.webhook_id()
    records = series(webhook_id, 4)
    written(world, *(each for each in records if each is not records[1]))
    before = records[1].attempt.record_id.sort
    assert world.history.page(webhook_id, before, ANY, 5) == (records[2:], None)


def mixed(webhook_id: str) -> list[HistoryRecord]:
    """Records of both outcomes, several causes and two types, newest first."""
    causes = (None, FailureCause.TIMEOUT, None, FailureCause.TLS)
    return [
        record(webhook_id, AT + timedelta(seconds=number), failure=causes[number % 4], notification_type=kind)
        for number, kind in reversed([*enumerate(["modelUpdated", "modelUpdated", "modelDeleted", "modelDeleted", "x"] * 4)])
    ]


@pytest.mark.parametrize("limit", [1, 3, 50])
@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("notification_type", [None, "modelUpdated"])
def test_pages_hold_what_the_filter_wants(world: World, outcome: Outcome, notification_type: str | None, limit: int) -> None:
    webhook_id = samples.webhook_id()
    records, wanted = mixed(webhook_id), HistoryFilter(outcome, notification_type)
    written(world, *records)
    assert listed(world, webhook_id, wanted, limit) == [each for each in records if is_listed(each, wanted)]


def test_each_filter_lists_the_records_that_have_its_value(world: World) -> None:
    webhook_id = samples.webhook_id()
    records = mixed(webhook_id)
    written(world, *records)
    for wanted in {each for one in records for each in each_alone(one)}:
        found = [each for each in records if is_listed(each, wanted)]
        assert 0 < len(found) < len(records)
        assert listed(world, webhook_id, wanted, 3) == found


def test_a_filter_by_type_alone_takes_both_outcomes(world: World) -> None:
    webhook_id = samples.webhook_id()
    wanted = written(
        world,
        record(webhook_id, AT + timedelta(seconds=9), notification_type="userCreated"),
        record(webhook_id, failure=FailureCause.TLS, notification_type="userCreated"),
    )
    written(world, record(webhook_id))
    assert listed(world, webhook_id, HistoryFilter(notification_type="userCreated")) == list(wanted)


@pytest.mark.parametrize("outcome", [None, Outcome.FAILED])
def test_since_is_inclusive_and_until_is_exclusive(world: World, outcome: Outcome | None) -> None:
    webhook_id = samples.webhook_id()
    records = series(webhook_id, 10, failure=FailureCause.STATUS)
    written(world, *records)
    wanted = HistoryFilter(outcome, since=AT + timedelta(seconds=3), until=AT + timedelta(seconds=6))
    assert listed(world, webhook_id, wanted, 2) == records[4:7]


def test_bounds_are_finer_than_sort_keys(world: World) -> None:
    webhook_id = samples.webhook_id()
    (made,) = written(world, record(webhook_id))
    just_behind = AT + timedelta(microseconds=1)
    assert listed(world, webhook_id, HistoryFilter(since=just_behind)) == []
    assert listed(world, webhook_id, HistoryFilter(until=just_behind)) == [made]


def test_a_range_without_length_is_empty(world: World) -> None:
    (made,) = written(world, record())
    assert world.history.page(made.attempt.webhook_id, None, HistoryFilter(since=AT, until=AT), 5) == ([], None)


def due(world: World, now: datetime, limit: int) -> list[HistoryRecord]:
    return world.history.still_due(world.history.due(now, limit))


def test_what_the_index_lists_after_it_was_settled_is_not_due(world: World) -> None:
    (made,) = written(world, record(failure=FailureCause.STATUS, wait_s=FAR_S))
    listed = world.history.due(AT + timedelta(days=1), 50)
    world.history.settle([made])
    assert (len(listed), world.history.still_due(listed)) == (1, [])


def test_what_is_due_comes_the_longest_due_first(world: World) -> None:
    records = [record(failure=FailureCause.STATUS, wait_s=FAR_S + second) for second in range(20)]
    written(world, *reversed(records))
    now = AT + timedelta(seconds=FAR_S + 10.15)
    assert due(world, now, 50) == records[:11]
    assert due(world, now, 4) == records[:4]


def test_what_a_queue_can_delay_is_never_due(world: World) -> None:
    written(world, record(failure=FailureCause.STATUS, wait_s=DUE_AFTER_S))
    assert world.history.due(AT + timedelta(days=1), 50) == []


def test_what_is_settled_is_due_no_more_and_stays_in_the_history(world: World) -> None:
    first, second = written(world, *(record(failure=FailureCause.STATUS, wait_s=FAR_S) for _ in range(2)))
    world.history.settle([first])
    assert due(world, AT + timedelta(days=1), 50) == [second]
    assert world.history.get(first.attempt.record_id) == first


def test_settling_what_waits_for_nothing_or_is_gone_is_no_error(world: World) -> None:
    (made,) = written(world, record())
    gone = record(failure=FailureCause.STATUS, wait_s=FAR_S)
    world.history.settle([made, gone, made])
    assert world.history.get(gone.attempt.record_id) is None
    assert world.history.get(made.attempt.record_id) == made


def test_a_record_does_not_expire_before_its_next_attempt(world: World) -> None:
    (made,) = written(world, record(failure=FailureCause.STATUS, wait_s=40 * 86_400))
    now = days_later(world, 41)
    assert due(world, now, 50) == [made]
    assert world.history.get(made.attempt.record_id) == made


def test_a_purge_goes_on_until_nothing_is_left(world: World) -> None:
    webhook_id = samples.webhook_id()
    written(world, *series(webhook_id, 60, failure=FailureCause.STATUS, wait_s=FAR_S))
    (other,) = written(world, record())
    assert [world.history.purge(webhook_id, 40) for _ in range(3)] == [40, 20, 0]
    assert listed(world, webhook_id) == []
    assert world.history.due(AT + timedelta(days=1), 50) == []
    assert world.history.get(other.attempt.record_id) == other
