"""What holds for every test: no sockets, but to this machine where a test asks for them; and what is said at the end."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, settings
from pytest_socket import socket_allow_hosts

settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")  # a busy machine is no failure

_LOOPBACK: Final = ["127.0.0.0/8", "::1"]
_SEEDS: Final = "seeds"
"""The property by which a test of the simulation reports how many seeds it ran."""

_TOGETHER: Final = {
    "browser": "a Chromium and a service: two of each are more than two cores carry",
    "cli": "a service",
    "docs": "a service, and receivers",
    "generated": "a service, and what was made of its description",
    "infra": "the package",
    "benchmarks/test_meter.py": "an engine",
    "benchmarks/test_scale.py": "what was measured",
    "deploy": "an account, with what is deployed there",
}
"""Groups of tests that share something slow to start. One process of the test run starts it and runs all of them."""

_counted: Counter[str] = Counter()
_not_run: Counter[str] = Counter()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seeds", type=int, default=2_000, help="how many seeds the simulation runs")
    parser.addoption("--seed", type=int, default=None, help="the one seed of the simulation to replay")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    tests = Path(__file__).parent
    for item in items:
        folder, *rest = item.path.relative_to(tests).parts
        for group in (folder, "/".join((folder, *rest))):
            if group in _TOGETHER:
                item.add_marker(pytest.mark.xdist_group(group))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" and report.passed:
        _counted["hostile receivers: {} cases"] += "hostile" in report.keywords
        _counted["simulation: {} seeds"] += sum(int(str(value)) for name, value in report.user_properties if name == _SEEDS)
    if report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        _not_run[reason.removeprefix("Skipped: ")] += 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    terminalreporter.write_line(f"random order: replay with --randomly-seed={config.getoption('randomly_seed', 'off')}")
    for line, count in _counted.items():
        if count:
            terminalreporter.write_line(line.format(count))
    for reason, count in _not_run.items():
        terminalreporter.write_line(f"NOT RUN: {count} tests: {reason}", yellow=True, bold=True)


@pytest.fixture(autouse=True)
def _only_loopback(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("enable_socket") is not None:
        socket_allow_hosts(_LOOPBACK, allow_unix_socket=True)
