from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pytest
from moto import mock_aws

from chalicelib.adapters import aws
from chalicelib.adapters.dynamodb.webhook_secrets import PLAIN
from testbed.engines import processes
from testbed.engines.provisioning import Provisioner
from testbed.fakes.secret_box import FakeKms, FakeSecretBox
from tests.contracts import engines, not_applicable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from testbed.engines.provisioning import Clients
    from tests.contracts.engines import World

BY_ADDRESS: Final = {"endpoint": "CONTRACT_ENDPOINT_URL", "dynamodb_local": "DYNAMODB_LOCAL_URL"}
"""Emulators that are used only if a variable has their address."""
SEALED_ENGINE: Final = "ministack"
AWS_ENGINES: Final = ["moto", "ministack", "dynalite", *(name for name, each in BY_ADDRESS.items() if each in os.environ)]


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a ministack that runs for the whole session."""
    with processes.ministack(tmp_path_factory.mktemp("ministack")) as url:
        yield url


@pytest.fixture(scope="session")
def dynalite() -> Iterator[str]:
    """The address of a dynalite that runs for the whole session."""
    with processes.dynalite() as url:
        yield url


@contextmanager
def _provisioner(name: str, request: pytest.FixtureRequest) -> Iterator[Provisioner]:
    """Emulators with only DynamoDB use queues in moto, in this process."""
    if name == "ministack":
        url = request.getfixturevalue("ministack")
        yield Provisioner(url, url)
    elif name == "endpoint":
        url = os.environ[BY_ADDRESS[name]]
        yield Provisioner(url, url)
    elif name == "dynalite":
        url = request.getfixturevalue("dynalite")
        with mock_aws():
            yield Provisioner(url, None)
    else:
        with mock_aws():
            yield Provisioner(os.environ[BY_ADDRESS[name]] if name in BY_ADDRESS else None, None)


@pytest.fixture(scope="module")
def provisioner(request: pytest.FixtureRequest) -> Iterator[Provisioner | None]:
    name: str = getattr(request, "param", "moto")
    if name == "fake":
        yield None
        return
    with _provisioner(name, request) as made:
        yield made


@pytest.fixture
def world(provisioner: Provisioner | None, request: pytest.FixtureRequest) -> World:
    """The secrets of webhooks are encrypted on one of the engines."""
    if provisioner is None:
        return engines.fake_world()
    is_sealed = request.node.callspec.params["provisioner"] == SEALED_ENGINE
    return engines.aws_world(provisioner(), FakeSecretBox(FakeKms()) if is_sealed else PLAIN)


@pytest.fixture
def clients(provisioner: Provisioner) -> Clients:
    return provisioner()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Record pauses instead of waiting."""
    made: list[int] = []
    monkeypatch.setattr(aws, "pause", made.append)
    monkeypatch.setattr("chalicelib.adapters.dynamodb.table.pause", made.append)
    return made


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test with the fixture for a world runs on all implementations; one with clients, on every emulator of AWS."""
    wanted = {"world": ["fake", *AWS_ENGINES], "clients": AWS_ENGINES}
    for fixture, names in wanted.items():
        if fixture in metafunc.fixturenames:
            file, test = metafunc.module.__name__.rpartition(".")[2], metafunc.function.__name__
            metafunc.parametrize("provisioner", [_param(each, file, test) for each in names], indirect=True, scope="module")
            return


def _param(engine: str, file: str, test: str) -> Any:  # noqa: ANN401 - pytest's
    marks = [] if engine in {"fake", "moto"} else [pytest.mark.enable_socket]
    reason = not_applicable.reason(engine, file, test)
    return pytest.param(engine, marks=marks if reason is None else [*marks, pytest.mark.skip(reason=reason)])
