"""The tables of attacks name tests that are there."""

from __future__ import annotations

import re
from typing import Final

import pytest

from tests.docs.markdown import ROOT

PAGE: Final = ROOT / "docs" / "how-it-works" / "security.md"
_TEST: Final = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
_HEAD: Final = "| actor | attack | what holds | test |"


def _rows() -> list[list[str]]:
    """The cells of each row of the tables of attacks."""
    tables = PAGE.read_text("utf-8").split(f"{_HEAD}\n|---|---|---|---|\n")[1:]
    lines = [line for table in tables for line in table.split("\n\n", 1)[0].splitlines()]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


ROWS: Final = _rows()


def test_the_page_has_the_attacks() -> None:
    assert len(ROWS) >= 45


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1][:40])
def test_an_attack_has_an_actor_an_answer_and_a_test(row: list[str]) -> None:
    assert len(row) == 4
    assert all(row)
    assert _TEST.search(row[3]), "no test holds it"


@pytest.mark.parametrize(("path", "name"), sorted({each for row in ROWS for each in _TEST.findall(row[3])}))
def test_the_tests_that_it_names_exist(path: str, name: str) -> None:
    text = (ROOT / path).read_text("utf-8")
    assert re.search(rf"^def {name or 'test_'}\b" if name else r"^def test_", text, re.MULTILINE)
