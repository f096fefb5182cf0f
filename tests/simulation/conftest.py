"""The flags of the simulation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seeds", type=int, default=2_000, help="how many seeds the simulation runs")
    parser.addoption("--seed", type=int, default=None, help="the one seed to replay")
