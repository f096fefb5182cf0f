"""Ports of the queues' sizes and of the dead-letter queues.

Every method may raise `chalicelib.domain.errors.Unavailable` if the queue is temporarily unavailable. Then nothing was done,
or only a harmless part, and the caller repeats all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class DeadLetters(Protocol):
    """The dead-letter queues."""

    def set_aside(self, source_arn: str, body: str, reason: str, attributes: Mapping[str, str] | None = None) -> None:
        """Move a message to the dead-letter queue of its queue, with the reason in its attributes."""


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """The approximate number of messages on a queue: SQS counts on many machines, with a delay.

    `waiting` can be received now, `in_flight` are being processed, `delayed` cannot be received yet, and `dead_letters` are
    on the dead-letter queue.
    """

    name: str
    waiting: int
    in_flight: int
    delayed: int
    dead_letters: int


class QueueDepths(Protocol):
    """The sizes of the service's queues."""

    def read(self) -> list[QueueDepth]:
        """All queues, in the order of a notification's path."""
