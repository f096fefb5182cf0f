"""One list of many webhooks' records: nothing lost, nothing repeated, newest first, whatever the reads bring."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.delivery.attempt import Outcome
from chalicelib.domain.directory.users import Caller, Role
from chalicelib.domain.history.filters import HistoryFilter
from chalicelib.history import merge as history_merge
from chalicelib.history.merge import Merge
from testbed.fakes.service import FakeAdapters, service_on
from tests.domain.filtering import TYPES, any_filters, is_listed
from tests.domain.samples import at, attempt_at, exchange, recorded, webhook

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.history.ports import JournalPosition

OWNER = Caller("1", Role.USER)
WEBHOOKS = 6
PAGES_MAX = 2_000
EVERYTHING = HistoryFilter()

histories = st.lists(
    st.tuples(
        st.integers(0, 60),
        st.integers(1, WEBHOOKS),
        st.sampled_from([200, 410, 500]),
        st.sampled_from(TYPES),
    ),
    max_size=40,
    unique_by=lambda each: each[:2],
)
filters = any_filters()


def _furnished(written: list[tuple[int, int, int, str]], examined_max: int) -> tuple[FakeAdapters, list[HistoryRecord]]:
    """A user's webhooks with that history, and the history as one list, newest first; a page looks at `examined_max`."""
    world = FakeAdapters()
    world.history.looks_max = examined_max
    for number in range(1, WEBHOOKS + 1):
        world.webhooks.create(webhook(number))
    made = [
        recorded(replace(attempt_at(at(second), number), notification_type=kind), exchange(status))
        for second, number, status, kind in written
    ]
    world.history.write(made)
    return world, sorted(made, key=lambda each: each.attempt.record_id.sort, reverse=True)


def _page_by_page(read: Callable[[Any], tuple[list[HistoryRecord], Any]], limit: int) -> list[HistoryRecord]:
    """All pages, one behind the other; each ends within bounds, and each cursor leads further."""
    found: list[HistoryRecord] = []
    after, cursors = None, set[Any]()
    for _ in range(PAGES_MAX):
        page, after = read(after)
        assert len(page) <= limit
        found += page
        if after is None:
            return found
        assert after not in cursors
        cursors.add(after)
    pytest.fail("the pages do not end")


@given(histories, filters, st.integers(1, 12), st.integers(1, 5))
def test_pages_of_an_owner_hold_every_record_once_newest_first(
    written: list[tuple[int, int, int, str]], wanted: HistoryFilter, limit: int, examined_max: int
) -> None:
    world, everything = _furnished(written, examined_max)
    service = service_on(world).api.history
    found = _page_by_page(lambda after: service.page_of_owner(OWNER, after, wanted, limit), limit)
    assert found == [each for each in everything if is_listed(each, wanted)]


@given(histories, filters, st.integers(1, 12), st.integers(0, 3))
def test_so_they_do_where_the_reads_for_a_page_run_out(
    written: list[tuple[int, int, int, str]], wanted: HistoryFilter, limit: int, reads_max: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("chalicelib.history.merge._READS_MAX", reads_max)
        world, everything = _furnished(written, 1)
        service = service_on(world).api.history
        found = _page_by_page(lambda after: service.page_of_owner(OWNER, after, wanted, limit), limit)
    assert found == [each for each in everything if is_listed(each, wanted)]


@given(histories, filters, st.integers(1, 12), st.integers(0, 3))
def test_so_they_do_where_few_bytes_are_held(
    written: list[tuple[int, int, int, str]], wanted: HistoryFilter, limit: int, held: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("chalicelib.history.merge._HELD_BYTES_MAX", held * 20)
        world, everything = _furnished(written, 5)
        service = service_on(world).api.history
        found = _page_by_page(lambda after: service.page_of_owner(OWNER, after, wanted, limit), limit)
    assert found == [each for each in everything if is_listed(each, wanted)]


@given(histories, filters, st.integers(1, 12), st.integers(1, 5))
def test_pages_of_one_webhook_hold_its_own(
    written: list[tuple[int, int, int, str]], wanted: HistoryFilter, limit: int, examined_max: int
) -> None:
    world, everything = _furnished(written, examined_max)
    service, mine = service_on(world, page_bytes_max=100_000).api.history, webhook(1).id
    found = _page_by_page(lambda after: service.page_of_webhook(OWNER, mine, after, wanted, limit), limit)
    assert found == [each for each in everything if each.attempt.webhook_id == mine and is_listed(each, wanted)]


@given(histories, st.integers(1, 12))
def test_pages_of_all_leave_out_the_deleted(written: list[tuple[int, int, int, str]], limit: int) -> None:
    world, everything = _furnished(written, 1_000)
    world.webhooks.delete(webhook(2), at(0))
    service = service_on(world).api.history

    def read(after: JournalPosition | None) -> tuple[list[HistoryRecord], JournalPosition | None]:
        entries, rest = service.page_of_all(after, EVERYTHING, limit)
        return [record for record, _ in entries], rest

    found = sorted(_page_by_page(read, limit), key=lambda each: each.attempt.record_id.sort, reverse=True)
    assert found == [each for each in everything if each.attempt.webhook_id != webhook(2).id]


def test_what_another_webhook_holds_ready_is_not_lost_when_the_reads_run_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.history.merge._READS_MAX", 1)
    sparse = [(second, 1, 200, "modelDeleted") for second in range(10)]
    world, _ = _furnished([*sparse, (30, 2, 500, "modelDeleted")], 1)
    failed = HistoryFilter(Outcome.FAILED)
    service = service_on(world).api.history
    assert len(_page_by_page(lambda after: service.page_of_owner(OWNER, after, failed, 5), 5)) == 1


def test_the_records_that_are_held_at_once_are_bounded_however_many_webhooks_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shares: list[tuple[int, int]] = []
    read = Merge._read

    def watched(merge: Merge, streams: list[Any], size: int, held_bytes_max: int) -> None:
        shares.append((len(streams), held_bytes_max))
        read(merge, streams, size, held_bytes_max)

    monkeypatch.setattr(Merge, "_read", watched)
    for count in (1, 3, 50):
        Merge(FakeAdapters().history, EVERYTHING, 9, None).page([webhook(each).id for each in range(count)], None)
    assert [number * share <= history_merge._HELD_BYTES_MAX for number, share in shares] == [True] * 3
