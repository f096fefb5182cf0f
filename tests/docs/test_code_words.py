"""The code is written in plain English: its docstrings, comments and messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.docs import code_prose, words
from tests.docs.markdown import ROOT

if TYPE_CHECKING:
    from pathlib import Path

EXCEPTIONS: Final = {
    ("chalicelib/domain/webhooks/addresses.py", "behind"): "an address is behind a NAT: the place, not the time",
}
"""File and word → why the word is correct there."""


def _name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _found(path: Path) -> list[tuple[int, str]]:
    """The words that are not plain, each with the line at which its text begins."""
    return [(line, word) for line, text in code_prose.lines(path) for word in words.dialect(text)]


@pytest.mark.parametrize("path", code_prose.FILES, ids=_name_of)
def test_a_file_of_the_code_is_written_in_plain_words(path: Path) -> None:
    found = [f"{line}: {word}" for line, word in _found(path) if (_name_of(path), word) not in EXCEPTIONS]
    assert found == [], "tests/docs/words.py has the plain word for each"


@pytest.mark.parametrize(("name", "word"), EXCEPTIONS, ids=" ".join)
def test_an_exception_is_needed(name: str, word: str) -> None:
    assert word in [found for _, found in _found(ROOT / name)]
