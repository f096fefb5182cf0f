"""The list of our own breakages, `list.toml`: mistakes that somebody could make, and the tests that must notice each."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

from tests.mutants.mutant import Mutant, Source, changed_lines

LIST: Final = Path(__file__).parent / "list.toml"


class OutOfDate(Exception):
    """The list contains code that no longer exists."""


def read(root: Path) -> list[Mutant]:
    """The mutants of the list; raise `OutOfDate` if a text to break is not in its file exactly once."""
    with LIST.open("rb") as file:
        entries = tomllib.load(file)["mutant"]
    return [_mutant(root, entry) for entry in entries]


def _mutant(root: Path, entry: dict[str, str]) -> Mutant:
    original = (root / entry["file"]).read_text()
    if (count := original.count(entry["old"])) != 1:
        message = f"{entry['name']}: its text is {count} times in {entry['file']}. Bring tests/mutants/list.toml up to date."
        raise OutOfDate(message)
    broken = original.replace(entry["old"], entry["new"])
    return Mutant(
        name=entry["name"],
        says=entry["says"],
        source=Source.LISTED,
        path=entry["file"],
        text=broken,
        lines=changed_lines(original, broken),
        tests=tuple(entry["tests"]),
    )
