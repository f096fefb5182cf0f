"""Figures, as they are shown and kept."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from benchmarks import results
from benchmarks.__main__ import BENCHMARKS
from benchmarks.figures import Figure, Findings, Grid, Plot, Point, Spread

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

RAN = {"load_before": 0.5, "seconds": 1.0, "busy_share": 0.5, "own_share": 0.4, "load_after": 0.6}
HELD = Figure(what="one", steady=1.5, of="times", absolute=Spread.of([3, 1, 2]), unit="ms", steady_at_most=2)
MISSED = Figure(what="two", steady=12345, of="requests", steady_at_most=10)
UNAIMED = Figure(what="three", steady=0.123456, of="share")


def test_a_spread_is_the_one_in_the_middle_and_the_ends() -> None:
    assert Spread.of([3, 1, 2]) == Spread(2, 1, 3)


def test_aims_hold_or_not_or_are_not_there() -> None:
    assert [each.holds for each in (HELD, MISSED, UNAIMED)] == [True, False, None]
    late = Figure(what="four", steady=1, of="times", absolute=Spread.of([5]), steady_at_most=2, absolute_at_most=4)
    assert late.holds is False


def test_a_table_has_a_line_for_each_figure_and_each_note() -> None:
    lines = results.table(Findings(figures=[HELD, MISSED, UNAIMED], notes=["a note"])).splitlines()
    assert [line[0] for line in lines] == ["✓", "✗", " ", " "]
    assert lines[0].endswith("1.5 times (aim 2 ✓)                2 [1-3] ms")
    assert "12,345 requests (aim 10 ✗)" in lines[1]
    assert "0.123 share" in lines[2]


def test_a_grid_is_read_down_and_across(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Findings(figures=[], grid=Grid(columns=("dollars", "writes", "total"), rows={"one": [0.001, 1.5]}))
    assert results.table(found).split() == ["one", "total", "1.50"]
    monkeypatch.setattr(results, "LATEST", tmp_path / "latest.json")
    monkeypatch.setattr(results, "PAGE", tmp_path / "performance.md")
    results.PAGE.write_text("<!-- bench: a -->\n<!-- /bench: a -->\n")
    results.keep("a", found, RAN)
    assert "| dollars | writes | total |\n| ---|---:|---: |\n| one |  | 1.50 |\n" in results.PAGE.read_text()


def test_what_is_kept_of_one_benchmark_leaves_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "LATEST", tmp_path / "latest.json")
    monkeypatch.setattr(results, "PAGE", tmp_path / "performance.md")
    results.PAGE.write_text("why\n<!-- bench: a -->\nold\n<!-- /bench: a -->\nhow\n")
    plot = Plot(name="p", title="t", x="x", y="y", lines={"l": [Point(1, 2)]})
    results.keep("a", Findings(figures=[HELD], plots=[plot], notes=["a note"]), RAN)
    results.keep("b", Findings(figures=[MISSED]), RAN)
    assert sorted(results.read()["benchmarks"]) == ["a", "b"]
    page = results.PAGE.read_text()
    assert "| ✓ | one | 1.5 times (aim 2 ✓) | 2 [1-3] ms |" in page
    assert page.startswith("why\n<!-- bench: a -->\n|")
    assert page.endswith("- a note\n<!-- /bench: a -->\nhow\n")
    assert "old" not in page


def test_the_page_shows_the_newest_figures() -> None:
    text = results.PAGE.read_text()
    assert results.page(text, results.read()) == text
    assert all(f"<!-- bench: {name} -->" in text for name in BENCHMARKS)


def test_each_benchmark_can_be_measured() -> None:
    assert all(callable(importlib.import_module(f"benchmarks.{name}").measure) for name in BENCHMARKS)
