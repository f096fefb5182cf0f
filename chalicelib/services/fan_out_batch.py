"""Steps of several fan-outs that are done together: what they read is read once, what they send shares requests.

::

    begin 1 ─ begin 2 ─ … ─ begin n ─▶ kept and sent, all at once ─▶ end 1 ─ end 2 ─ … ─ end n

A step ends behind what it sends, as it does alone. Where the sending is refused, every step of that sending is done again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from chalicelib.domain.errors import Unavailable
from chalicelib.services.step_claims import StillClaimed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.notification import Notification
    from chalicelib.services.arrivals import Position, ReceivedNotification
    from chalicelib.services.batch_view import BatchView
    from chalicelib.services.catalogue import Catalogue
    from chalicelib.services.owed_attempts import OwedAttempts
    from chalicelib.services.ports import HeldNotification

_ATTEMPTS_MAX: Final = 100
"""Attempts of one sending: so many fill their requests, and more would only take memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a fan-out that is claimed; `rest` is where the next one begins, if there is one."""

    message: ReceivedNotification
    taken: Notification
    position: Position
    rest: Position | None
    attempts: OwedAttempts
    kept: HeldNotification | None


class Steps(Protocol):
    """What is done for a step: `chalicelib.services.fan_out.FanOut`."""

    def prepare(self, message: ReceivedNotification, view: BatchView, catalogue: Catalogue) -> Step | None:
        """Claim it, and work out what it sends."""

    def send(self, steps: Sequence[Step]) -> None:
        """Send that, for several steps."""

    def conclude(self, step: Step) -> None:
        """Say that it is done."""


class FanOutBatch:
    """The steps of one batch, by the ids of their messages; of one that has ended the id is left."""

    def __init__(self, steps: Steps, view: BatchView, catalogue: Catalogue) -> None:
        self._steps = steps
        self._view = view
        self._catalogue = catalogue
        self._begun: dict[str, Step | None] = {}
        self._unsent: list[Step] = []
        self._refusals: dict[str, Unavailable] = {}

    def begin(self, message: ReceivedNotification) -> None:
        """Work out a step; raise what `FanOut.step` raises where that cannot be.

        SQS may put two copies of one message into a batch: the step is done once.
        """
        if message.message_id in self._begun:
            return
        step = self._prepared(message)
        if step is None:
            return
        self._begun[message.message_id] = step
        self._unsent.append(step)
        if sum(len(each.attempts) for each in self._unsent) >= _ATTEMPTS_MAX:
            self._send()

    def end(self, message_id: str) -> None:
        """Conclude a step; raise `Unavailable` where it has to be done again. One that was not begun needs no end."""
        self._send()
        if message_id in self._refusals:
            raise self._refusals[message_id]
        step = self._begun.get(message_id)
        if step is not None:
            self._steps.conclude(step)
            self._begun[message_id] = None

    def _prepared(self, message: ReceivedNotification) -> Step | None:
        """The step, once whoever holds its claim has ended, where that is a message of the same batch."""
        try:
            return self._steps.prepare(message, self._view, self._catalogue)
        except StillClaimed:
            for each in self._begun:
                self._try_to_end(each)
            return self._steps.prepare(message, self._view, self._catalogue)

    def _try_to_end(self, message_id: str) -> None:
        try:
            self.end(message_id)
        except Unavailable as refusal:
            self._refusals[message_id] = refusal

    def _send(self) -> None:
        """Send what is unsent; of a refusal each step is told at its end."""
        steps, self._unsent = self._unsent, []
        if not steps:
            return
        try:
            self._steps.send(steps)
        except Unavailable as refusal:
            self._refusals |= {step.message.message_id: refusal for step in steps}
