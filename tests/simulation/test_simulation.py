"""Thousands of seeded runs with everything that can go wrong. A failing seed is printed and replays with ``--seed``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulation import shrink, story

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

CHUNK = 50


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    one, count = metafunc.config.getoption("--seed"), metafunc.config.getoption("--seeds")
    chunks = [range(one, one + 1)] if one is not None else [range(first, first + CHUNK) for first in range(0, count, CHUNK)]
    metafunc.parametrize("seeds", chunks, ids=[f"{chunk.start}-{chunk.stop - 1}" for chunk in chunks])


def test_nothing_is_lost_whatever_dies(seeds: range, record_property: Callable[[str, object], None]) -> None:
    record_property("seeds", len(seeds))
    for seed in seeds:
        found = shrink.failing(seed)
        if found is not None:
            smallest = shrink.shrunk(found)
            found.error.add_note(f"The smallest run of the seed that fails so:\n{story.told(smallest)}")
            found.error.add_note(
                f"seed {seed} broke a promise; replay it: pytest tests/simulation/test_simulation.py --seed {seed}"
            )
            raise found.error
