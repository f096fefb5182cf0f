"""What keeps two workers from the same work.

Every method may raise `chalicelib.domain.errors.Unavailable` if the store or the queue refuses for now: then nothing,
or only a harmless part, was done, and the caller repeats the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


class ClaimState(StrEnum):
    """What became of a wish to work on something."""

    MINE = "mine"
    """Go on: nobody else works on it."""
    BUSY = "busy"
    """Another one works on it, and its lease has not run out."""
    FINISHED = "finished"
    """It was done."""
    OTHER = "other"
    """It was claimed for other content: this work is not that work."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The answer to a claim; `accepted_at` is the first claimer's, so that who takes over repeats the same ids."""

    state: ClaimState
    accepted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be claimed.

    Args:
        name: what is claimed.
        holder: who claims; the same holder may claim again.
        lease_s: how long nobody else may take it over.
        keep_s: how long it is remembered, from its first claim.
        accepted_at: what to remember with it.
        content: a digest of what the name stands for; empty where a name stands for one thing only.

    """

    name: str
    holder: str
    lease_s: float
    keep_s: float
    accepted_at: datetime
    content: str = ""


class Claims(Protocol):
    """Leases on work that must be done once: a notification's id, a step of a fan-out."""

    def take(self, wish: Wish, now: datetime) -> Claim:
        """Claim a name, by one conditional write where it is free."""

    def reserve(self, wishes: Sequence[Wish], now: datetime) -> list[Claim]:
        """Claim names that nobody has claimed, by one conditional write each, several at a time.

        A claim that is there stays as it is, whoever holds it and whether or not its lease is over.
        """

    def finish(self, name: str) -> None:
        """Say that it is done: nobody is to do it again."""


class Locks(Protocol):
    """Names that have one holder at a time: of a webhook, the test that is running."""

    def take(self, name: str, holder: str, *, now: datetime, until: datetime) -> str:
        """Take a name until then, by one conditional write; return who has it: `holder`, or another who was first.

        A lock whose time is over belongs to nobody.
        """

    def release(self, name: str, holder: str) -> None:
        """Give a name back, unless somebody else has taken it since."""
