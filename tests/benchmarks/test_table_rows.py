"""Rows of the tables of figures."""

from __future__ import annotations

from typing import Any

from benchmarks import results, table_rows


def figure(what: str, **values: Any) -> dict[str, Any]:  # noqa: ANN401 - any member of a figure
    return {"what": what, "steady": 1.0, "of": "times", "holds": None} | values


def test_a_figure_with_two_aims_has_a_row_for_each() -> None:
    two = figure("a", holds=False, absolute=[3, 2, 4], unit="ms", steady_at_most=2, absolute_at_most=1)
    assert list(map(str, table_rows.of([two]))) == [
        "| ✓ | a | 1 times (aim 2 ✓) |  |",
        "| ✗ | a |  | 3 [2-4] ms (aim 1 ✗) |",
    ]


def test_a_row_that_shows_what_the_one_above_it_shows_joins_it() -> None:
    rows = table_rows.of([figure("load, p50"), figure("load, p99", holds=True, steady_at_most=2)])
    assert list(map(str, rows)) == ["| ✓ | load, p50 and p99 | 1 times (aim 2 ✓) |  |"]


def test_the_same_count_in_cpu_and_in_time_is_one_row() -> None:
    rows = table_rows.of(
        [figure("get", absolute=[1, 1, 1], unit="CPU-ms"), figure("get, in time", absolute=[2, 2, 2], unit="ms")]
    )
    assert list(map(str, rows)) == ["|   | get | 1 times | 1 CPU-ms; 2 ms |"]


def test_rows_with_aims_stay_apart() -> None:
    assert len(table_rows.of([figure("a", holds=True, steady_at_most=2), figure("b", holds=True, steady_at_most=2)])) == 2


def test_every_figure_of_the_newest_runs_has_at_most_one_aim_a_row_and_no_row_twice() -> None:
    for found in results.read()["benchmarks"].values():
        rows = list(map(str, table_rows.of(found["figures"])))
        assert max(row.count("(aim ") for row in rows) <= 1
        assert len(set(rows)) == len(rows)
