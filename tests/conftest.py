"""What holds for every test: no sockets, but to this machine where a test asks for them (`enable_socket`)."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import HealthCheck, settings
from pytest_socket import socket_allow_hosts

settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")  # a busy machine is no failure

_LOOPBACK: Final = ["127.0.0.0/8", "::1"]


@pytest.fixture(autouse=True)
def _only_loopback(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("enable_socket") is not None:
        socket_allow_hosts(_LOOPBACK, allow_unix_socket=True)
