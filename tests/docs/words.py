"""Words of a private dialect that the pages do not use, each with the plain word in its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tests.docs.markdown import name_of, prose

if TYPE_CHECKING:
    from pathlib import Path

PLAIN: Final = {
    "behind": "after",
    "who(?:m|so)?ever": "who, anybody who",
    "wherever|whichever": "if, the one that",
    "stand(?:s|ing)?|stood": "is, are",
    "tell(?:s|ing)?|told": "report, return, say",
    "hears?(?: of)?|heard": "get, subscribe to",
    "owed": "waiting, pending",
    "mend(?:s|ed|ing)?": "repair, correct",
    "houses?": "service",
    "towns?": "test setup",
    "rooms": "folders",
    "lifeline|crew": "process",
    "none of": "no",
    "at the (?:most|least)": "at most, at least",
    "one's": "your",
    "anew|afresh|once more": "again",
    "beside": "next to, in addition to",
    "dear(?:er|est)?|costl(?:y|ier|iest)": "expensive",
    "hand(?:s|ed|ing)? (?:it |them )?(?:back|over|out)": "return, deliver",
    "but for": "except",
    "as ever": "as usual",
    "reckon(?:s|ed|ing)?": "compute",
    "sick(?:ness)?": "slow, failing",
    "in vain": "without success",
    "comes? true": "is correct",
    "for want of": "without",
    "hence|lest|thereof|whereby|wherein|hitherto": "so, by which",
    "goes? (?:round|by|over)": "loops, uses, moves",
    "work(?:s|ed)? off": "process",
    "com(?:e|es|ing) to (?:an end|rest)": "ends, stops",
    "and the like": "and similar",
    "ships": "is deployed, contains",
    "puts? off": "schedules for later",
    "in step": "consistent",
    "asked about": "requested",
    "errands?": "task",
}
"""A regular expression of whole words → what to write instead."""

EXCEPTIONS: Final = {
    ("docs/guides/authentication.md", "behind"): "a receiver is behind a gateway: the place, not the time",
    ("docs/reference/glossary.md", "standing"): "the entry of a name in the code",
    ("docs/reference/glossary.md", "put off"): "the entry of a name in the code",
}
"""Page and word → why the word is correct there."""

_GENERATED: Final = re.compile(r"<!-- (?P<name>settings).*?-->.*?<!-- /(?P=name) -->", re.DOTALL)
"""The table of settings is generated from the code."""
_PARAMETERS: Final = re.compile(r"^\| parameter \|.*?(?=^$)", re.DOTALL | re.MULTILINE)
"""The table of the template's parameters, which a test compares with the template."""
_CODE: Final = re.compile(r"`[^`]*`")
_TARGET: Final = re.compile(r"\]\([^)]*\)")
_WORDS: Final = re.compile("|".join(rf"(?<![\w-])(?:{word})(?![\w-])" for word in PLAIN), re.IGNORECASE)


def dialect(text: str) -> list[str]:
    """The words of the list that are in a text, in lower case and in order."""
    for left_out in (_GENERATED, _PARAMETERS, _CODE, _TARGET):
        text = left_out.sub(" ", text)
    return [" ".join(found.lower().split()) for found in _WORDS.findall(re.sub(r"\s+", " ", text))]


def of(page: Path) -> list[str]:
    """The words of the list that are on a page without an exception."""
    return [word for word in dialect(prose(page)) if (name_of(page), word) not in EXCEPTIONS]
