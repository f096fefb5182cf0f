"""Linters find nothing in the API's description: neither in the file, nor in the one that a service serves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from chalicelib.api import files
from tests.generated.programs import HERE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.generated.programs import Programs

FILE: Final = files.FOLDER / "openapi.json"


@pytest.fixture(params=["kept", "served"])
def linted(request: pytest.FixtureRequest) -> Path:
    """The file in the repository, or the answer of a service."""
    found: Path = request.getfixturevalue("document") if request.param == "served" else FILE
    return found


def test_redocly_finds_no_error_and_no_warning(programs: Programs, linted: Path) -> None:
    ran = programs.of_node("redocly", "lint", "--config", HERE / "redocly.yaml", "--max-problems", "100", linted)
    assert (ran.returncode, "warning" in ran.stdout, "valid" in ran.stdout) == (0, False, True), ran.stdout


def test_spectral_finds_no_error_and_no_warning(programs: Programs, linted: Path) -> None:
    ran = programs.of_node("spectral", "lint", "--ruleset", HERE / "spectral.yaml", "--fail-severity", "hint", linted)
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        (["redocly", "lint", "--config", HERE / "redocly.yaml"], "no-server-trailing-slash"),
        (["spectral", "lint", "--ruleset", HERE / "spectral.yaml", "--fail-severity", "hint"], "oas3-server-trailing-slash"),
    ],
)
def test_a_mistake_is_found(programs: Programs, command: list[str], problem: str) -> None:
    mistaken = programs.folder / "mistaken.json"
    mistaken.write_text(FILE.read_text("utf-8").replace('"http://127.0.0.1:8000"', '"./"'), "utf-8")

    ran = programs.of_node(*command, mistaken)

    assert (ran.returncode != 0, problem in ran.stdout) == (True, True), ran.stdout
