"""Worker processes of one kind: a few when idle, more while those are busy, as in Lambda.

In Lambda a batch that waits for a slow receiver does not delay the next batch, which gets a process of its own. So here: if
too few processes of a pool are free, the warm parent forks more, up to the maximum. These exit when they have nothing to do.
"""

from __future__ import annotations

import logging
import mmap
import os
import struct
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

logger = logging.getLogger(__name__)

_BUSY_AFTER_S: Final = 0.1
"""A process with a batch that takes longer is waiting for somebody, and does not count as free."""
_RESTART_PAUSE_S: Final = 1.0
_NICENESS: Final = 10
"""Of low-priority processes, and of extra ones, so that those that work already go first."""
_BEGAN: Final = struct.Struct("d")


@dataclass(frozen=True)
class Slot:
    """A process's slot in its pool. It shares with the parent when its batch began; an extra process exits when idle."""

    number: int
    is_extra: bool
    _began: mmap.mmap

    def begin(self) -> None:
        """Record that a batch begins now."""
        self._write(time.monotonic())

    def end(self) -> None:
        """Record that the batch has ended."""
        self._write(0.0)

    def is_free(self, now_s: float) -> bool:
        """Whether there is no batch, or one that has just begun."""
        began_s: float = _BEGAN.unpack_from(self._began, self.number * _BEGAN.size)[0]
        return not began_s or now_s - began_s < _BUSY_AFTER_S

    def _write(self, began_s: float) -> None:
        _BEGAN.pack_into(self._began, self.number * _BEGAN.size, began_s)


class WorkerPool:
    """The processes of one job. The parent that forks them has no threads."""

    def __init__(
        self, job: Callable[[Slot], None], *, processes_min: int, processes_max: int, is_low_priority: bool = False
    ) -> None:
        self._job = job
        self._processes_min = processes_min
        self._processes_max = processes_max
        self._is_low_priority = is_low_priority
        self._began = mmap.mmap(-1, processes_max * _BEGAN.size)  # shared with the forks
        self._failed_s = -_RESTART_PAUSE_S
        self.slots: dict[int, Slot] = {}

    def start(self) -> None:
        """Fork the minimum."""
        for _ in range(self._processes_min):
            self._fork()

    def scale(self, now_s: float) -> None:
        """Fork until the minimum is free, up to the maximum. After a process has failed, pause first."""
        if now_s - self._failed_s < _RESTART_PAUSE_S:
            return
        free = sum(slot.is_free(now_s) for slot in self.slots.values())
        for _ in range(min(self._processes_min - free, self._processes_max - len(self.slots))):
            self._fork()

    def remove(self, process_id: int, status: int, now_s: float) -> None:
        """Remove a process that has exited, if it belongs to this pool."""
        if self.slots.pop(process_id, None) is not None and status:
            self._failed_s = now_s
            logger.warning("A worker exited unexpectedly and is restarted.")

    def _fork(self) -> None:
        taken = {slot.number for slot in self.slots.values()}
        number = next(each for each in range(self._processes_max) if each not in taken)
        slot = Slot(number, len(self.slots) >= self._processes_min, self._began)
        slot.end()  # the previous process of this slot may have died during a batch
        process_id = os.fork()
        if not process_id:
            self._run(slot)
        self.slots[process_id] = slot

    def _run(self, slot: Slot) -> NoReturn:
        """In the fork: do the job and exit, without returning to the parent's stack."""
        if slot.is_extra or self._is_low_priority:
            os.nice(_NICENESS)
        try:
            self._job(slot)
        except BaseException:
            logger.exception("A worker exits.")
            os._exit(1)
        os._exit(0)


def exited() -> Iterator[tuple[int, int]]:
    """The ids and the statuses of the child processes that have exited since the last call."""
    while True:
        try:
            process_id, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not process_id:
            return
        yield process_id, status
