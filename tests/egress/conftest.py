"""Senders and certificates for the tests against hostile receivers, and a count of those tests at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import trustme

from tests.egress.sending import Senders

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_passed: set[str] = set()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "hostile: a hostile receiver, URL or header; counted at the end of the run")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" and report.passed and "hostile" in report.keywords:
        _passed.add(report.nodeid)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(f"hostile receivers: {len(_passed)} cases")


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture
def senders(ca_file: Path) -> Iterator[Senders]:
    made = Senders(str(ca_file))
    yield made
    made.close()
