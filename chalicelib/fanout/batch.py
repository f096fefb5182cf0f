"""Steps of several fan-outs that are done together: what they read is read once, what they send shares requests.

::

    begin 1 ─ begin 2 ─ … ─ begin n ─▶ kept ─▶ sent, all at once ─▶ end 1 ─ end 2 ─ … ─ end n

A step ends after what it sends was sent, as it does alone. If the sending fails, every step of that sending is done again.
What costs nothing to make is sent as soon as it fills its requests; filters and transforms wait until all steps are begun,
so that no notification waits for the expressions of one that came before it in the batch.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from chalicelib.domain.errors import Unavailable
from chalicelib.fanout.claims import StillClaimed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from chalicelib.domain.notifications.notification import Notification
    from chalicelib.fanout.batch_view import BatchView
    from chalicelib.fanout.owed_attempts import OwedAttempts
    from chalicelib.fanout.sending import FanOutSending
    from chalicelib.intake.catalogue import Catalogue
    from chalicelib.intake.messages import Position, ReceivedNotification
    from chalicelib.intake.ports import HeldNotification

_ATTEMPTS_MAX: Final = 100
"""Attempts of one sending: so many fill their requests, and more would only take memory."""
_MUCH_HEAVIER: Final = 30
"""By so much more than another step has to do, and that one is sent before this one is worked out."""
_EXPRESSED_MAX: Final = 300
"""Webhooks with expressions that steps keep until all are begun: each may take 200 KB, whatever the number of its steps."""


class OutOfTime(Unavailable):
    """The batch has had its time before this step began; it is done in another one."""

    code = "out_of_time"


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
    """What is done for a step: `chalicelib.fanout.fan_out.FanOut`."""

    def read(self, message: ReceivedNotification, catalogue: Catalogue) -> Notification:
        """The notification of its message."""

    def weight(self, message: ReceivedNotification, read: Notification, view: BatchView, catalogue: Catalogue) -> int:
        """How much it has to do, in webhooks."""

    def prepare(
        self, message: ReceivedNotification, read: Notification, view: BatchView, catalogue: Catalogue
    ) -> Step | None:
        """Claim it, and work out what it sends."""

    def keep(self, steps: Sequence[Step]) -> None:
        """Keep what recoveries will need of several steps."""

    def conclude(self, step: Step) -> None:
        """Say that it is done."""


class FanOutBatch:
    """The steps of one batch, by the ids of their messages; of one that has ended the id is left."""

    def __init__(self, steps: Steps, view: BatchView, catalogue: Catalogue, sending: FanOutSending) -> None:
        self._steps = steps
        self._view = view
        self._catalogue = catalogue
        self._sending = sending
        self._begun: dict[str, Step | None] = {}
        self._unsent: list[Step] = []
        self._expressed: list[Step] = []
        self._failures: dict[str, Exception] = {}
        self._read: dict[str, Notification] = {}
        self._weights: dict[str, int] = {}

    def weight(self, message: ReceivedNotification) -> int:
        """How much a message is to do, in webhooks: who begins with the lightest does not have them wait for the heaviest.

        What is no notification, or cannot be read for now, weighs nothing: `begin` says why.
        """
        try:
            read = self._read[message.message_id] = self._steps.read(message, self._catalogue)
            weight = self._weights[message.message_id] = self._steps.weight(message, read, self._view, self._catalogue)
        except Exception:  # noqa: BLE001 - `begin` meets it again, and raises it
            return 0
        return weight

    def begin(self, message: ReceivedNotification) -> None:
        """Work out a step; raise what `FanOut.step` raises where that cannot be.

        SQS may put two copies of one message into a batch: the step is done once.
        """
        if message.message_id in self._begun:
            return
        if self._sending.is_over:
            reason = "There was no time left in its batch (FAN_OUT_S)."
            raise OutOfTime(reason)
        if self._is_much_heavier(message):
            self._send_plain()
        step = self._prepared(message)
        if step is None:
            return
        self._begun[message.message_id] = step
        self._unsent.append(step)
        if sum(each.attempts.plain_count for each in self._unsent) >= _ATTEMPTS_MAX:
            self._send_plain()
        if len(self._webhooks_kept()) >= _EXPRESSED_MAX:
            self._send()

    def end(self, message_id: str) -> None:
        """Conclude a step; raise what its sending raised, to have it done again. One that was not begun needs no end."""
        self._send()
        if message_id in self._failures:
            raise self._failures[message_id]
        step = self._begun.get(message_id)
        if step is not None:
            self._steps.conclude(step)
            self._begun[message_id] = None

    def _prepared(self, message: ReceivedNotification) -> Step | None:
        """The step, once whoever holds its claim has ended, where that is a message of the same batch."""
        read = self._read.pop(message.message_id, None) or self._steps.read(message, self._catalogue)
        try:
            return self._steps.prepare(message, read, self._view, self._catalogue)
        except StillClaimed:
            for each in self._begun:
                self._try_to_end(each)
            return self._steps.prepare(message, read, self._view, self._catalogue)

    def _try_to_end(self, message_id: str) -> None:
        try:
            self.end(message_id)
        except Unavailable as refusal:
            self._failures[message_id] = refusal

    def _is_much_heavier(self, message: ReceivedNotification) -> bool:
        """Whether this message is for many more webhooks than the lightest one that is unsent, or has a long check."""
        unsent = [self._weights.get(step.message.message_id, 0) for step in self._unsent]
        return bool(unsent) and self._weights.get(message.message_id, 0) > min(unsent) + _MUCH_HEAVIER

    def _webhooks_kept(self) -> set[str]:
        return {webhook_id for step in (*self._unsent, *self._expressed) for webhook_id in step.attempts.expressed}

    def _send(self) -> None:
        """Send all that is unsent."""
        self._send_plain()
        steps, self._expressed = self._expressed, []
        with self._failing(steps):
            self._sending.send_expressed([step.attempts for step in steps])

    def _send_plain(self) -> None:
        """Send what costs nothing to make."""
        steps, self._unsent = self._unsent, []
        if not steps:
            return
        with self._failing(steps):
            self._steps.keep(steps)
            self._sending.send_plain(step.attempts for step in steps)
            self._expressed += [step for step in steps if step.attempts.owners]

    @contextmanager
    def _failing(self, steps: Sequence[Step]) -> Iterator[None]:
        """Have each of the steps fail at its end: where the sending broke off, nobody knows which of them it had done."""
        try:
            yield
        except Exception as failure:  # noqa: BLE001 - it is raised again at the end of each
            self._failures |= {step.message.message_id: failure for step in steps}
