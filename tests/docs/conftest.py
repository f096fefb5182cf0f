"""A service for the commands of the quick start, and the receivers of `docs/examples`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest

from testbed.patience import PATIENCE_S
from tests.docs.markdown import QUICK_START, ROOT
from tests.docs.receivers import Running, running
from tests.docs.shell import Shell
from tests.docs.story import marked
from tests.local.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EXAMPLES: Final = ROOT / "docs" / "examples"
_NO_NETWORK: Final = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH")


@pytest.fixture(scope="session")
def service_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with Service(tmp_path_factory.mktemp("data")) as service:
        yield service.run


@pytest.fixture
def shell(tmp_path: Path, service_run: dict[str, str]) -> Iterator[Shell]:
    """A shell with the variables of the service."""
    with Shell(tmp_path, ROOT, json.dumps(service_run)) as made:
        made.enter(marked(QUICK_START)["where"])
        yield made


@pytest.fixture(scope="session")
def python_receiver() -> list[str]:
    return [sys.executable, str(EXAMPLES / "receiver.py")]


@pytest.fixture(scope="session")
def javascript_receiver(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The receiver with its packages, as locked."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node and npm are needed to run the receiver in JavaScript")
    folder = tmp_path_factory.mktemp("javascript")
    for name in ("receiver.mjs", "package.json", "package-lock.json"):
        shutil.copy(EXAMPLES / name, folder)
    command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    if done.returncode != 0 and any(code in done.stderr for code in _NO_NETWORK):
        pytest.skip("npm cannot reach its packages, which the receiver in JavaScript needs")
    assert done.returncode == 0, done.stderr
    return [node, str(folder / "receiver.mjs")]


@pytest.fixture(params=["python", "javascript"])
def receiver(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Running]:
    with running(request.getfixturevalue(f"{request.param}_receiver"), tmp_path) as made:
        yield made
