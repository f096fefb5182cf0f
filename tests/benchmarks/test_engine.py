from __future__ import annotations

import pytest

from benchmarks import engine, hostile
from benchmarks.engine import isolation

pytestmark = pytest.mark.enable_socket


def test_the_local_engine_is_measured_through_make_run() -> None:
    found = engine.measure(is_quick=True)

    assert {figure.unit for figure in found.figures} == {"ms", "deliveries a second", "MB", "s"}
    assert all(figure.steady > 0 and figure.absolute is not None for figure in found.figures)


def test_isolation_is_measured_through_make_run_and_loses_nothing() -> None:
    found = isolation.measure(is_quick=True)

    assert [figure.steady for figure in found.figures if figure.what.startswith("lost")] == [0]
    assert [sorted(plot.lines) for plot in found.plots] == [["all are healthy", "twenty are slow or failing"]]


def test_a_hostile_user_is_measured_through_make_run_and_loses_nothing_of_anothers() -> None:
    found = hostile.measure(is_quick=True)

    assert [figure.steady for figure in found.figures if figure.what.startswith("lost")] == [0]
    assert any("100 filters, 2 times" in note for note in found.notes)
