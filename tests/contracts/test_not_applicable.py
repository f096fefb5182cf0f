from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.not_applicable import EVERY, LACKS

SKIPPED = sorted(
    {(file, name) for lacking in LACKS.values() for tests in lacking.values() for file in tests for name in tests[file]}
)


@pytest.mark.parametrize(("file", "name"), SKIPPED)
def test_what_is_skipped_by_name_is_there(file: str, name: str) -> None:
    source = (Path(__file__).parent / f"{file}.py").read_text("utf-8")
    assert f"\ndef {'test_' if name == EVERY else name + '('}" in source
