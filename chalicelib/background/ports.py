"""The background queue, and the delay of returned messages.

Every method may raise `chalicelib.domain.errors.Unavailable` if the queue refuses for now. Then nothing, or only a harmless
part, was done, and the caller repeats the whole call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.background.tasks import Task
    from chalicelib.ports import Queue


BackgroundQueue: TypeAlias = "Queue[Task]"
"""The queue of tasks that no caller waits for: purges, recoveries, refused records, releases, changes of owners."""


@dataclass(frozen=True, slots=True)
class ReturnedMessage:
    """A message that could not be processed for now: its receipt handle, and the delay until it is delivered again."""

    receipt: str
    delay_s: int


class Redelivery(Protocol):
    """Sets when returned messages are delivered again."""

    def delay(self, source_arn: str, messages: Sequence[ReturnedMessage]) -> None:
        """Deliver messages of a queue again after their delay, and not after the queue's visibility timeout.

        A receipt that is no longer valid is ignored: its message was delivered again already.
        """
