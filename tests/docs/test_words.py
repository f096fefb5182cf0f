"""The pages are written in plain English: words of a private dialect do not come back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.docs import words
from tests.docs.markdown import PAGES, ROOT, name_of, prose

if TYPE_CHECKING:
    from pathlib import Path

OURS: Final = [page for page in PAGES if page.parent != ROOT or page.name in {"README.md", "CONTRIBUTING.md", "SECURITY.md"}]
"""The changelog says what was said at its time."""


@pytest.mark.parametrize("page", OURS, ids=name_of)
def test_a_page_is_written_in_plain_words(page: Path) -> None:
    assert words.of(page) == [], "tests/docs/words.py has the plain word for each"


@pytest.mark.parametrize(("page", "word"), words.EXCEPTIONS, ids=" ".join)
def test_an_exception_is_needed(page: str, word: str) -> None:
    assert word in words.dialect(prose(ROOT / page))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("What is owed stands behind it, whoever asks.", ["owed", "stands", "behind", "whoever"]),
        ("Two lines: it waits at\nthe most a second.", ["at the most"]),
        ("`behind` is code, and so is [a link](behind.md).", []),
        ("An understanding, a handbook and a tall order.", []),
        ("<!-- settings: x -->\n| told |\n<!-- /settings --> Tell", ["tell"]),
        ("| parameter | default |\n|---|---|\n| A | told |\n\ntold", ["told"]),
    ],
)
def test_the_words_are_found_in_prose_alone(text: str, found: list[str]) -> None:
    assert words.dialect(text) == found
