"""The console is written in plain English: its sentences and its comments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.docs import words
from tests.docs.markdown import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SOURCES: Final = ROOT / "console" / "src"
FILES: Final = sorted(each for each in SOURCES.rglob("*.ts*") if each.name != "schema.d.ts")
"""The types of the API are generated from its description."""
EXCEPTIONS: Final = {("webhook/sections.ts", "behind"): "a receiver is behind a gateway: the place, not the time"}


def _name_of(path: Path) -> str:
    return path.relative_to(SOURCES).as_posix()


def _words_of(path: Path) -> list[str]:
    """The words that are not plain. Template literals are sentences and no code here."""
    return words.dialect(path.read_text("utf-8").replace("`", " "))


@pytest.mark.parametrize("path", FILES, ids=_name_of)
def test_a_file_of_the_console_is_written_in_plain_words(path: Path) -> None:
    found = [word for word in _words_of(path) if (_name_of(path), word) not in EXCEPTIONS]
    assert found == [], "tests/docs/words.py has the plain word for each"


@pytest.mark.parametrize(("name", "word"), EXCEPTIONS, ids=" ".join)
def test_an_exception_is_needed(name: str, word: str) -> None:
    assert word in _words_of(SOURCES / name)
