"""A breakage of one file, and the result of its run."""

from __future__ import annotations

import difflib
import hashlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

STAGES: Final = (
    "intake",
    "fanout",
    "delivery",
    "history",
    "webhooks",
    "directory",
    "access",
    "codec",
    "background",
    "operations",
)
"""The folders of `chalicelib` between the domain and the edges."""


class Source(StrEnum):
    """Where a mutant comes from: the list that people wrote, or cosmic-ray's operators."""

    LISTED = "listed"
    GENERATED = "generated"


class Outcome(StrEnum):
    """Noticed: a test failed, or the tests did not end. Survived: all tests passed."""

    NOTICED = "noticed"
    HUNG = "hung"
    SURVIVED = "survived"
    UNTESTED = "untested"

    @property
    def is_noticed(self) -> bool:
        return self in {Outcome.NOTICED, Outcome.HUNG}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """`text` is the whole broken file; `lines` are the first and the last line that the breakage touches."""

    name: str
    says: str
    source: Source
    path: str
    text: str
    lines: tuple[int, int]
    tests: tuple[str, ...] = ()

    @property
    def layer(self) -> str:
        """`domain`, `stages`, `adapters`, `api`, `workers`, or the folder at the top, as `infra`."""
        top, *parts = Path(self.path).parts
        if top != "chalicelib" or len(parts) < 2:
            return top
        return "stages" if parts[0] in STAGES else parts[0]

    @property
    def key(self) -> str:
        """The key of a mutant, from its name and its broken file."""
        return hashlib.sha256(f"{self.name}\0{self.text}".encode()).hexdigest()[:16]

    def change(self, original: str) -> tuple[str, str]:
        """The broken lines before and after, by which a reason is found."""
        before, after = original.splitlines(), self.text.splitlines()
        blocks = [
            each for each in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes() if each[0] != "equal"
        ]
        old = [line.strip() for _, start, end, _, _ in blocks for line in before[start:end]]
        new = [line.strip() for _, _, _, start, end in blocks for line in after[start:end]]
        return "\n".join(old), "\n".join(new)


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a mutant; `by` is the first test that failed."""

    mutant: Mutant
    outcome: Outcome
    by: str = ""
    tests: int = 0
    seconds: float = 0.0


def changed_lines(original: str, broken: str) -> tuple[int, int]:
    """The first and the last line of the original that differ, from 1."""
    opcodes = difflib.SequenceMatcher(None, original.splitlines(), broken.splitlines(), autojunk=False).get_opcodes()
    touched = [(start, end) for tag, start, end, _, _ in opcodes if tag != "equal"]
    return touched[0][0] + 1, max(touched[-1][1], touched[0][0] + 1)
