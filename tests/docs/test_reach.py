"""A small change touches few files: the architecture page lists them for three changes, and this holds the page."""

from __future__ import annotations

import re
import subprocess
from typing import Final, NamedTuple

import pytest

from tests.docs.markdown import ROOT

PAGE: Final = ROOT / "docs" / "how-it-works" / "architecture.md"
SECTION: Final = PAGE.read_text("utf-8").split("## How far a change reaches")[1].split("\n## ")[0]
_NOT_WRITTEN_FOR_IT: Final = re.compile(
    r"chalicelib/web/|console/src/api/schema\.d\.ts$|posthorn/schemas\.py$|requirements|CHANGELOG\.md$|docs/adr/"
    r"|docs/how-it-works/architecture\.md$|tests/docs/test_reach\.py$"
)
"""Generated files, pins of dependencies, what was said at its time, and the two places that describe the change."""


class Change(NamedTuple):
    """A change, by the text that each place of it has, and the number of files that it may touch."""

    heading: str
    text: str
    files_max: int


CHANGES: Final = (
    Change(
        "A field of a webhook: `description`",
        r"\b(name|wire)=\"description\"|^    description: str \| None = None\n    health|^        \"--description\",$"
        r"|^  description: text\(|^\| `description` \| none|webhook(\.|\?\.)description\b|^        \"description\": None,$",
        9,
    ),
    Change("A format: `cloudevents`", r"(?i)cloudevents?\b", 5),
    Change(
        "A filter of the history list: `failureCause`",
        r"^    failure_cause: tuple|\"failure_cause\": Annotated|--failure-cause|failureCause=|filters\.failureCause"
        r"|failureCause: \"\"",
        9,
    ),
)


def _files_of(change: Change) -> set[str]:
    pattern = re.compile(change.text, re.MULTILINE)
    tracked = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\n")
    return {
        name
        for name in tracked
        if name.endswith((".py", ".ts", ".tsx", ".md", ".toml", ".json"))
        and _NOT_WRITTEN_FOR_IT.search(name) is None
        and pattern.search((ROOT / name).read_text("utf-8")) is not None
    }


def _listed(change: Change) -> set[str]:
    """The files in the list under the change's heading."""
    part = SECTION.split(f"### {change.heading}\n")[1].split("\n### ")[0]
    return set(re.findall(r"^- `([^`]+)`", part, re.MULTILINE))


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.heading)
def test_a_change_touches_the_files_on_the_page_and_no_more(change: Change) -> None:
    assert _files_of(change) == _listed(change)
    assert len(_listed(change)) <= change.files_max
