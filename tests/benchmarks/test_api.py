"""The benchmark of the API: every function has a cold start that is measured, every kind of request an answer."""

from __future__ import annotations

import pytest

from benchmarks.api import routes
from infra.declaration import declaration
from testbed.cold_starts import HANDLERS


def test_the_cold_start_of_every_function_is_measured() -> None:
    resources = declaration()["Resources"]
    functions = {name for name, each in resources.items() if "MemorySize" in each.get("Properties", {})}
    assert set(HANDLERS) == functions


@pytest.mark.enable_socket
def test_every_kind_of_request_is_answered_and_counted() -> None:
    found = routes.measured(1)
    assert [each.call for each in found] == list(routes.CALLS)
    assert all(each.requests for each in found)
