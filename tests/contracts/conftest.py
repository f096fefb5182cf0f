from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.contracts import engines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.contracts.engines import Clients, World

AWS_ENGINES = {"moto": engines.moto_clients}
if "CONTRACT_ENDPOINT_URL" in os.environ:
    AWS_ENGINES["endpoint"] = engines.endpoint_clients


_AWS_PARAMS = [pytest.param(name, marks=pytest.mark.enable_socket if name == "endpoint" else ()) for name in AWS_ENGINES]


@pytest.fixture(scope="module")
def provisioner(request: pytest.FixtureRequest) -> Iterator[Callable[[], Clients] | None]:
    name: str = getattr(request, "param", "moto")
    if name == "fake":
        yield None
        return
    with AWS_ENGINES[name]() as provisioned:
        yield provisioned


@pytest.fixture
def world(provisioner: Callable[[], Clients] | None) -> World:
    return engines.fake_world() if provisioner is None else engines.aws_world(provisioner())


@pytest.fixture
def clients(provisioner: Callable[[], Clients]) -> Clients:
    return provisioner()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for a world runs in all of them; one that asks for clients, on every engine of AWS's protocols."""
    if "world" in metafunc.fixturenames:
        metafunc.parametrize("provisioner", ["fake", *_AWS_PARAMS], indirect=True, scope="module")
    elif "clients" in metafunc.fixturenames:
        metafunc.parametrize("provisioner", _AWS_PARAMS, indirect=True, scope="module")
