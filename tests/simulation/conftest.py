"""Turns logging off for the thousands of runs, and on for the one that is replayed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from chalicelib.fanout import sending

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send one attempt at a time: a fan-out reads the clock between sends, and a step of three must have several of them."""
    monkeypatch.setattr(sending, "_TOGETHER_MAX", 1)


@pytest.fixture(autouse=True)
def _quiet(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.config.getoption("--seed") is None:
        logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
