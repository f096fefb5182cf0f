"""A whole service for tests, as `make run` starts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.local.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def service_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The run.json of a service that runs for the whole session."""
    with Service(tmp_path_factory.mktemp("data")) as service:
        yield service.run


@pytest.fixture
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service for this test, which may be stopped and killed. It is not started yet."""
    service = Service(tmp_path_factory.mktemp("data"))
    yield service
    service.kill()
