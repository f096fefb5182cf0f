"""Who changed what, kept and read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.access.ports import AuditFilter
from chalicelib.domain import ids
from chalicelib.domain.directory.audit import AuditAction, AuditEntry
from testbed import samples

if TYPE_CHECKING:
    from tests.contracts.engines import World

NOON = samples.AT
ALL = AuditFilter()


def _line(at: datetime = NOON, **changes: Any) -> AuditEntry:  # noqa: ANN401 - any member
    plain: dict[str, Any] = {"part": samples.part(at), "at": at, "actor": "u1", "action": AuditAction.WEBHOOK_CHANGED}
    return AuditEntry(**(plain | changes))


def _written(world: World, *days: float, **changes: Any) -> list[AuditEntry]:  # noqa: ANN401 - any member
    """Lines of so many days ago, in the order given."""
    lines = [_line(NOON - timedelta(days=each), **changes) for each in days]
    for line in lines:
        world.audit.write(line)
    return lines


def _pages(world: World, wanted: AuditFilter, limit: int) -> list[list[AuditEntry]]:
    pages, before = [], None
    while True:
        page, before = world.audit.page(before, wanted, limit)
        pages.append(page)
        if before is None:
            return pages
        assert ids.is_part(before)


def test_a_line_comes_back_as_written(world: World) -> None:
    changes = (("name", "Zo\u00eb", None), ("notification_types", ["a"], ["b"]), ("is_global", False, True), ("x", 1, 2.5))
    line = _line(webhook_id="wh_1", user_id="u1", key_id="key_1", changes=changes)
    world.audit.write(line)
    assert world.audit.page(None, ALL, 9) == ([line], None)


def test_lines_come_newest_first_across_months(world: World) -> None:
    lines = _written(world, 0, 40, 200, 5, 100)
    newest_first = sorted(lines, key=lambda line: line.part, reverse=True)
    assert world.audit.page(None, ALL, 9) == (newest_first, None)


@pytest.mark.parametrize("limit", [1, 2, 3, 9])
def test_pages_lose_nothing_and_repeat_nothing(world: World, limit: int) -> None:
    lines = _written(world, *(0.001 * number for number in range(5)), 40, 41, 100)
    pages = _pages(world, ALL, limit)
    assert all(len(page) <= limit for page in pages)
    assert [line for page in pages for line in page] == sorted(lines, key=lambda line: line.part, reverse=True)


def test_a_page_may_be_of_one_webhook(world: World) -> None:
    mine = _written(world, 3, 2, 50, webhook_id="wh_1")
    _written(world, 1, 4, webhook_id="wh_2")
    _written(world, 1.5)
    found = [line for page in _pages(world, AuditFilter(webhook_id="wh_1"), 2) for line in page]
    assert found == sorted(mine, key=lambda line: line.part, reverse=True)


def test_a_span_of_time_begins_inclusive_and_ends_exclusive(world: World) -> None:
    lines = _written(world, 3, 2, 1)
    found, _ = world.audit.page(None, AuditFilter(since=lines[0].at, until=lines[2].at), 9)
    assert found == [lines[1], lines[0]]


def test_lines_that_are_too_old_are_not_shown(world: World) -> None:
    _written(world, 401)
    kept = _written(world, 399)
    assert world.audit.page(None, ALL, 9) == (kept, None)


def test_an_audit_without_lines_is_empty(world: World) -> None:
    assert world.audit.page(None, ALL, 9) == ([], None)
