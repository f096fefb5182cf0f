"""What tells how long the queues are.

Every method may raise `chalicelib.domain.errors.Unavailable` if the store or the queue refuses for now: then nothing,
or only a harmless part, was done, and the caller repeats the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class DeadLetters(Protocol):
    """Where messages go that nothing can be done with."""

    def set_aside(self, source_arn: str, body: str, reason: str, attributes: Mapping[str, str] | None = None) -> None:
        """Put a message on the dead-letter queue of the queue it came from, with the reason beside its attributes."""


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """How many messages are on a queue, about: SQS counts on many machines, and lags.

    `waiting` may be taken now, `in_flight` are being worked on, `delayed` are not to be seen yet; `dead_letters` are on the
    queue beside it, for a person to look at.
    """

    name: str
    waiting: int
    in_flight: int
    delayed: int
    dead_letters: int


class QueueDepths(Protocol):
    """What is on the queues of the service."""

    def read(self) -> list[QueueDepth]:
        """All queues, in the order of a notification's path."""
