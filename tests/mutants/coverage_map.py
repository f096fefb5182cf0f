"""Which tests run which lines, and how long each test takes, from one run of the quick tests with coverage.

The result is stored in `build/mutants`, which git ignores. It may be slightly out of date: for a mutant of an unknown line,
the tests are run that are named after its module or import it.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.mutants.mutant import STAGES

if TYPE_CHECKING:
    from collections.abc import Generator

MAP: Final = Path("build/mutants/map.json")
SOURCES: Final = ["chalicelib", "app"]
QUICK: Final = [
    "tests/domain",
    *(f"tests/{room}" for room in STAGES if Path("tests", room).exists()),
    "tests/workers",
    "tests/api",
    "tests/contracts",
    "tests/egress",
    "tests/client",
]
"""Folders whose tests run in this process, without a running service."""
NEEDS_AN_ENGINE: Final = "ministack or dynalite or dynamodb_local or endpoint or test_faults or test_idle_connections"


class _Recorder:
    """Gives each test its own coverage context, and measures its time."""

    def __init__(self, coverage: Any) -> None:  # noqa: ANN401 - coverage is not there where types are checked
        self._coverage = coverage
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.failed: set[str] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self._coverage.switch_context(item.nodeid)
        try:
            return (yield)
        finally:
            self._coverage.switch_context("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration
        if report.outcome != "passed":
            self.failed.add(report.nodeid)  # skipped ones notice nothing either


def main(folders: list[str]) -> int:
    """Run the tests, and write the map."""
    from coverage import Coverage  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415 - .venv-mutants has it

    coverage = Coverage(source=SOURCES, data_file=None, config_file=False, branch=False)
    recorder = _Recorder(coverage)
    arguments = ["-p", "no:randomly", "-p", "no:xdist", "--seeds", "40", "-k", f"not ({NEEDS_AN_ENGINE})", *folders]
    coverage.start()
    code = pytest.main(arguments, plugins=[recorder])
    coverage.stop()
    MAP.parent.mkdir(parents=True, exist_ok=True)
    MAP.write_text(json.dumps(_made(coverage.get_data(), recorder), separators=(",", ":")))
    return int(code)


def _made(data: Any, recorder: _Recorder) -> dict[str, Any]:  # noqa: ANN401 - coverage's own
    names = sorted(set(recorder.seconds) - recorder.failed)
    numbers = {name: number for number, name in enumerate(names)}
    lines = {
        str(Path(file).relative_to(Path.cwd())): {
            line: [numbers[each] for each in sorted(contexts) if each in numbers]
            for line, contexts in data.contexts_by_lineno(file).items()
        }
        for file in data.measured_files()
    }
    return {"tests": [[name, round(recorder.seconds[name], 3)] for name in names], "lines": lines}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or QUICK))
