"""Locks that keep two processes from the same work.

Every method may raise `chalicelib.domain.errors.Unavailable` if the store or the queue refuses for now: then nothing,
or only a harmless part, was done, and the caller repeats the whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime


class Locks(Protocol):
    """Names that have one holder at a time: a webhook's running test."""

    def take(self, name: str, holder: str, *, now: datetime, until: datetime) -> str:
        """Take a name until then, by one conditional write; return who has it: `holder`, or another one that was first.

        A lock whose time is over is free.
        """

    def release(self, name: str, holder: str) -> None:
        """Release a name, unless another holder has taken it since."""
