"""What every folder needs of the world: the time, randomness, and calls that run at once.

Every method may raise `chalicelib.domain.errors.Unavailable` if the store or the queue refuses for now: then nothing,
or only a harmless part, was done, and the caller repeats the whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """The time, aware, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Let so much time pass."""


class Entropy(Protocol):
    """Randomness that nobody can guess."""

    def take(self, count: int) -> bytes:
        """So many random bytes."""


_Message_contra = TypeVar("_Message_contra", contravariant=True)


class Queue(Protocol[_Message_contra]):
    """A queue to which the service sends."""

    def send(self, messages: Sequence[_Message_contra], /) -> None:
        """Enqueue all; raise `Unavailable` if one was refused after all tries (others may have been enqueued)."""


class Concurrently(Protocol):
    """Makes independent calls at once (`chalicelib.concurrency.outcomes`)."""

    def __call__(self, work: Callable[[_Item], _Result], items: Sequence[_Item], /) -> list[_Result | Exception]:
        """Call `work` for all items; return results and failures in the order of the items."""
