"""The benchmark of the delivery worker runs; what it measures is for `make bench`."""

from __future__ import annotations

import pytest

from benchmarks import delivery, results


@pytest.mark.enable_socket
def test_it_finds_a_figure_for_each_transport() -> None:
    found = delivery.measure(is_quick=True)
    whats = [each.what for each in found.figures]
    assert sum(each.startswith("HTTP kept alive") for each in whats) == 1
    assert sum(each.startswith("HTTPS kept alive") for each in whats) == 1
    assert sum(each.startswith("HTTPS cold") for each in whats) == 4
    assert all(each.absolute is not None and each.absolute.median > 0 for each in found.figures if each.steady_at_most)
    assert "times the bare client's CPU" in results.table(found)
