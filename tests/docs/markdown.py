"""Parses the project's pages as far as the tests need: links, headings, code blocks, parts between markers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = (*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md")))
README: Final = ROOT / "README.md"
QUICK_START: Final = ROOT / "docs" / "start" / "quick-start.md"
SETTINGS: Final = ROOT / "docs" / "reference" / "settings.md"

_FENCED: Final = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_LINK: Final = re.compile(r"\]\(([^)\s]+)\)")
_HEADING: Final = re.compile(r"^#+ (.+)$", re.MULTILINE)
_BLOCK: Final = re.compile(
    r"^(?:<!-- run: (?P<name>\w+) -->\n)?```(?P<language>\w+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Block:
    """A code block, with the name in the comment above it."""

    name: str | None
    language: str
    text: str


def name_of(page: Path) -> str:
    """The name of a page in a test's id."""
    return page.relative_to(ROOT).as_posix()


def prose(page: Path) -> str:
    """A page without its code blocks."""
    return _FENCED.sub("", page.read_text("utf-8"))


def links(page: Path) -> list[str]:
    """The targets of a page's links and pictures."""
    return _LINK.findall(prose(page))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in _HEADING.findall(prose(page))}


def blocks(page: Path) -> Iterator[Block]:
    """The code blocks of a page, in order."""
    for match in _BLOCK.finditer(page.read_text("utf-8")):
        yield Block(match["name"], match["language"], match["text"])


def between(page: Path, marker: str) -> str:
    """The text between `<!-- marker: … -->` and `<!-- /marker -->`."""
    match = re.search(rf"<!-- {marker}(?::.*?)? -->\n(.*?)\n<!-- /{marker} -->", page.read_text("utf-8"), re.DOTALL)
    assert match is not None, f"{name_of(page)} has no part {marker!r}"
    return match[1]


def rows(table: str) -> list[list[str]]:
    """The cells of a table's rows, without its header."""
    lines = [line for line in table.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def table_below(page: Path, head: str) -> list[list[str]]:
    """The rows of the table whose header begins with `head`."""
    text = page.read_text("utf-8")
    start = text.index(f"\n| {head}") + 1
    end = text.find("\n\n", start)
    return rows(text[start : end if end >= 0 else None])
