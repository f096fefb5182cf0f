"""The background queue, and messages that were handed back.

Every method may raise `chalicelib.domain.errors.Unavailable` if the store or the queue refuses for now: then nothing,
or only a harmless part, was done, and the caller repeats the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.background.tasks import Task


class BackgroundQueue(Protocol):
    """The queue of work that nobody waits for: purges, recoveries, refused records."""

    def send(self, tasks: Sequence[Task]) -> None:
        """Enqueue all; raise `Unavailable` where one was refused for good (some may then have gone out)."""


@dataclass(frozen=True, slots=True)
class HandedBack:
    """A message that could not be worked on for now: the receipt by which SQS knows it, and when it is to come again."""

    receipt: str
    delay_s: int


class Redelivery(Protocol):
    """How soon messages that were handed back come again."""

    def bring_back(self, source_arn: str, messages: Sequence[HandedBack]) -> None:
        """Have messages of a queue handed out again after their delay, and not after the queue's visibility timeout.

        A receipt that is no longer valid is passed over: its message has come again already.
        """
