"""The README is short and honest, and make runs its commands."""

from __future__ import annotations

from typing import Final

from tests.docs.markdown import README, blocks

TEXT: Final = README.read_text("utf-8")
_LINES_MAX: Final = 150
_FIRST_SCREEN: Final = 30
"""Lines of a page that a reader sees without scrolling."""


def test_the_readme_is_short() -> None:
    assert len(TEXT.splitlines()) <= _LINES_MAX


def test_the_first_screen_says_that_it_has_never_run_in_aws() -> None:
    assert "has never run in a real AWS account" in " ".join(TEXT.splitlines()[:_FIRST_SCREEN])


def test_make_runs_every_command_of_the_readme() -> None:
    lines = [line for block in blocks(README) for line in block.text.splitlines() if line.strip()]
    assert [line for line in lines if not line.startswith("make ")] == []
