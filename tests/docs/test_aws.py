"""The page on AWS's behaviours and the tests that hold them are in step."""

from __future__ import annotations

import re
from typing import Final

import pytest

from tests.docs.markdown import ROOT

PAGE: Final = ROOT / "docs" / "operate" / "aws.md"
_TEST: Final = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
_SOURCE: Final = re.compile(r"docs\.aws\.amazon\.com|lambda/latest/dg|amazondynamodb/latest|SQSDeveloperGuide")


def _rows() -> list[list[str]]:
    """The cells of each row of the tables, without their heads."""
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in cells if row[0].strip() != "AWS says"]


ROWS: Final = _rows()


def test_there_are_as_many_rows_as_the_design_relies_on() -> None:
    assert len(ROWS) >= 30


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:40])
def test_a_row_names_a_source_a_test_and_what_cannot_be_proved(row: list[str]) -> None:
    assert len(row) == 4
    assert all(row)
    assert _TEST.search(row[2]), "no test holds it"


@pytest.mark.parametrize(("path", "name"), sorted(set(_TEST.findall(PAGE.read_text("utf-8")))))
def test_the_tests_that_the_page_names_exist(path: str, name: str) -> None:
    text = (ROOT / path).read_text("utf-8")
    assert re.search(rf"^def {name or 'test_'}", text, re.MULTILINE)


def test_every_rule_of_the_emulated_account_holds_a_row() -> None:
    """A rule is exercised by the tests of `tests/deploy` that the page names, or by those of the simulated account."""
    named = {path for path, _ in _TEST.findall(PAGE.read_text("utf-8"))}
    enforcing = {
        each.relative_to(ROOT).as_posix()
        for each in (ROOT / "tests" / "deploy").glob("test_*.py")
        if "tests.deploy.tiny" in each.read_text("utf-8") and each.name != "test_clock.py"  # that tests a tool of the tests
    }
    assert enforcing
    assert enforcing - named == set()


def test_every_test_that_cites_aws_is_on_the_page() -> None:
    named = {path for path, _ in _TEST.findall(PAGE.read_text("utf-8"))}
    citing = {
        each.relative_to(ROOT).as_posix()
        for each in (ROOT / "tests").rglob("test_*.py")
        if _SOURCE.search(each.read_text("utf-8")) and each != ROOT / "tests" / "docs" / "test_aws.py"
    }
    assert citing - named == set()
