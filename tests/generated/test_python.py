"""A client in Python, generated from what the service serves, passes mypy's strict checks and does a day's work."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.generated.programs import PYTHON

if TYPE_CHECKING:
    from pathlib import Path

    from tests.generated.programs import Programs


@pytest.fixture
def generated(programs: Programs, document: Path) -> Programs:
    """The folder with the client and what was written for it."""
    programs.bring("python", document)
    options = ("--meta", "none", "--config", "generator.yaml", "--fail-on-warning")
    ran = programs.of_python("-m", "openapi_python_client", "generate", "--path", "openapi.json", *options)
    assert ran.returncode == 0, ran.stdout
    return programs


def test_what_is_written_for_it_is_typed_and_runs(generated: Programs, surroundings: dict[str, str]) -> None:
    options = ("--strict", "--no-incremental", "--config-file", "", "--python-executable", PYTHON)
    checked = generated.run(sys.executable, "-m", "mypy", *options, "posthorn_api", "story.py")
    assert checked.returncode == 0, checked.stdout
    told = generated.run(PYTHON, "story.py", surroundings=surroundings)
    assert told.stdout == "told\n"
