"""A new service on fakes for each test, in place of the process's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chalicelib.composition import process
from tests.api.town import Town

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def town() -> Iterator[Town]:
    made = Town()
    with process.using(made.service):
        yield made
