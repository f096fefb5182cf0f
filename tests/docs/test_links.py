"""No page leads nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.docs.markdown import PAGES, ROOT, anchors, links, name_of

if TYPE_CHECKING:
    from pathlib import Path

_ELSEWHERE = ("https://", "http://", "mailto:")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_relative_link_resolves(page: Path) -> None:
    relative = [link for link in links(page) if not link.startswith(_ELSEWHERE)]
    assert [link for link in relative if not _resolves(page, link)] == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.parent.name != "adr"], ids=name_of)
def test_every_page_can_be_reached(page: Path) -> None:
    others = [each for each in PAGES if each != page]
    reached = {(other.parent / link.partition("#")[0]).resolve() for other in others for link in links(other)}
    assert page.name == "README.md" or page in reached


def test_the_list_of_decisions_is_whole() -> None:
    folder = ROOT / "docs" / "adr"
    assert sorted(links(folder / "README.md")) == sorted(path.name for path in folder.glob("0*.md"))


def _resolves(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.is_relative_to(ROOT) or not target.exists():
        return False
    return not anchor or anchor in anchors(target)
