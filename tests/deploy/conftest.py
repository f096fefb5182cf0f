"""A package, an emulated account and a stage in it, shared by all tests here."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from infra import package
from infra.artifact import target
from tests.deploy.clock import Clock, library
from tests.deploy.emulator import Emulator, emulator
from tests.deploy.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

OPENAPI = "chalicelib/web/openapi.json"
_LOG_LINES = 80


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These tests run only on request, one after another: packaging and deploying takes minutes."""
    for item in items:
        if "deploy" in item.path.parts:
            item.add_marker(pytest.mark.deploy)
            item.add_marker(pytest.mark.enable_socket)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Function) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the latest logs of the account's functions to a failure."""
    report = yield
    account: Emulator | None = item.funcargs.get("account") or item.funcargs.get("clocked")  # type: ignore[assignment]
    if report.failed and account is not None:
        report.sections.append(("the account's log", "\n".join(account.log.read_text("utf-8").splitlines()[-_LOG_LINES:])))
    return report


@pytest.fixture(scope="session")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The result of `make package`, for this machine."""
    folder = tmp_path_factory.mktemp("package")
    package.package(target.here(), "dev", folder)
    return folder


@pytest.fixture(scope="session")
def next_version(packaged: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of a later version, which its description of the API states."""
    folder = tmp_path_factory.mktemp("next")
    shutil.copy(packaged / "sam.json", folder)
    with ZipFile(packaged / "deployment.zip") as old, ZipFile(folder / "deployment.zip", "w", ZIP_DEFLATED) as new:
        for each in old.infolist():
            content = old.read(each)
            new.writestr(
                each, content.replace(b'"version": "', b'"version": "99.', 1) if each.filename == OPENAPI else content
            )
    return folder


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with emulator(tmp_path_factory.mktemp("account")) as made:
        yield made


@pytest.fixture(scope="session")
def stage(account: Emulator, packaged: Path) -> Stage:
    """`a`, deployed, with its first admin's key."""
    return deployed(account, "a", packaged)


def deployed(account: Emulator, name: str, package: Path, *parameters: str) -> Stage:
    """A running stage."""
    made = Stage(account, name)
    done = made.deploy(package, *parameters)
    assert done.status == 0, done.said
    return replace(made, admin_key=made.first_key().printed)


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> Clock:
    """The clock of `clocked`."""
    path = library()
    if path is None:
        pytest.skip("libfaketime is not installed: make faketime")
    return Clock.at(tmp_path_factory.mktemp("clock"), path)


@pytest.fixture(scope="module")
def clocked(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> Iterator[Emulator]:
    """An account whose clock a test may set forward. Clients of this process use that clock to sign."""
    with emulator(tmp_path_factory.mktemp("clocked"), clock) as made, clock.signed_by():
        yield made
