"""The code keeps the limits that CONTRIBUTING.md states."""

from __future__ import annotations

from typing import Final

import pytest

from tests.docs import limits

SOURCES: Final = limits.sources()


def test_no_file_is_too_long() -> None:
    found = limits.long_files(SOURCES)
    assert {name: lines for name, lines in found.items() if name not in limits.LONG_FILES} == {}, "split it"


def test_no_function_is_too_long() -> None:
    found = limits.long_functions(SOURCES)
    assert {name: lines for name, lines in found.items() if name not in limits.LONG_FUNCTIONS} == {}, "split it"


@pytest.mark.parametrize("name", limits.LONG_FILES)
def test_a_file_with_an_exception_is_too_long(name: str) -> None:
    assert name in limits.long_files(SOURCES), "delete its exception"


@pytest.mark.parametrize("name", limits.LONG_FUNCTIONS)
def test_a_function_with_an_exception_is_too_long(name: str) -> None:
    assert name in limits.long_functions(SOURCES), "delete its exception"


def test_files_are_named_after_nouns_of_the_domain() -> None:
    named = {part: limits.name_of(path) for path in SOURCES for part in (path.stem, path.parent.name)}
    assert {part: name for part, name in named.items() if part in limits.FORBIDDEN_NAMES} == {}


def test_the_sources_are_found() -> None:
    names = {limits.name_of(path) for path in SOURCES}
    assert {"app.py", "chalicelib/settings.py", "console/src/main.tsx", "tests/docs/test_limits.py"} <= names
    assert names & limits.GENERATED == set()
