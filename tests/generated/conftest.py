"""A service, its description as it serves it, and the programs that read the description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
import requests

from local.receiver import Receiver
from tests.generated.programs import Programs
from tests.local.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TIMEOUT_S: Final = 600
"""A timeout for programs that hang. The tests are not about time."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/tests/generated/" in item.path.as_posix():
            item.add_marker(pytest.mark.enable_socket)
            item.add_marker(pytest.mark.timeout(_TIMEOUT_S))


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Service(tmp_path_factory.mktemp("data")) as made:
        yield made


@pytest.fixture(scope="session")
def document(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The description of the API, downloaded from the service."""
    path = tmp_path_factory.mktemp("document") / "openapi.json"
    path.write_text(requests.get(f"{service.run['url']}/openapi.json", timeout=30).text, "utf-8")
    return path


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    return Programs(tmp_path)


@pytest.fixture
def surroundings(service: Service) -> Iterator[dict[str, str]]:
    """The environment of a story: the service, an admin's key, and a receiver."""
    with Receiver() as receiver:
        yield {
            "POSTHORN_URL": service.run["url"],
            "POSTHORN_KEY": service.run["admin_key"],
            "RECEIVER_URL": receiver.url,
        }
