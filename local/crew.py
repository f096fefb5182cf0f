"""Worker processes of one kind: a few at rest, more while those are held up, as Lambda has them.

On Lambda a batch that waits for a slow receiver holds up nobody, since the next one gets a process of its own. Here too:
where too few processes of a crew are free, others are forked from the warm parent, up to the crew's bound, and they end once
they have nothing to do.
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

_HELD_UP_S: Final = 0.1
"""A batch at work for longer waits for somebody: the process does not count as free."""
_RESTART_PAUSE_S: Final = 1.0
_GIVES_WAY: Final = 10
"""What is added to the niceness of a process that gives way; each extra one does, so that those at work go first."""
_MARK: Final = struct.Struct("d")


@dataclass(frozen=True)
class Place:
    """One process's place in its crew, where the parent sees since when it has been at work; an extra one ends when idle."""

    number: int
    is_extra: bool
    _marks: mmap.mmap

    def begin(self) -> None:
        """Tell that a batch is at work from now on."""
        self._mark(time.monotonic())

    def end(self) -> None:
        """Tell that none is."""
        self._mark(0.0)

    def is_free(self, now_s: float) -> bool:
        """Whether no batch is at work, or one that began just now."""
        began_s: float = _MARK.unpack_from(self._marks, self.number * _MARK.size)[0]
        return not began_s or now_s - began_s < _HELD_UP_S

    def _mark(self, began_s: float) -> None:
        _MARK.pack_into(self._marks, self.number * _MARK.size, began_s)


class Crew:
    """The processes that do one job; the parent that forks them has no threads."""

    def __init__(self, job: Callable[[Place], None], *, at_rest: int, at_most: int, gives_way: bool = False) -> None:
        self._job = job
        self._at_rest = at_rest
        self._at_most = at_most
        self._gives_way = gives_way
        self._marks = mmap.mmap(-1, at_most * _MARK.size)  # shared with what is forked
        self._lost_s = -_RESTART_PAUSE_S
        self.places: dict[int, Place] = {}

    def start(self) -> None:
        """Fork those that are there at rest."""
        for _ in range(self._at_rest):
            self._fork()

    def tend(self, now_s: float) -> None:
        """Have as many free as there are at rest, up to the bound; what died by itself is replaced after a pause."""
        if now_s - self._lost_s < _RESTART_PAUSE_S:
            return
        free = sum(place.is_free(now_s) for place in self.places.values())
        for _ in range(min(self._at_rest - free, self._at_most - len(self.places))):
            self._fork()

    def lose(self, process_id: int, status: int, now_s: float) -> None:
        """Take a process that ended off the list, if it was one of these."""
        if self.places.pop(process_id, None) is not None and status:
            self._lost_s = now_s
            logger.warning("A worker ended by itself and is started again.")

    def _fork(self) -> None:
        taken = {place.number for place in self.places.values()}
        number = next(each for each in range(self._at_most) if each not in taken)
        place = Place(number, len(self.places) >= self._at_rest, self._marks)
        place.end()  # who had it before may have died at work
        process_id = os.fork()
        if not process_id:
            self._do(place)
        self.places[process_id] = place

    def _do(self, place: Place) -> NoReturn:
        """Do the job in a process of its own, and never come back to what the parent has on its stack."""
        if place.is_extra or self._gives_way:
            os.nice(_GIVES_WAY)
        try:
            self._job(place)
        except BaseException:
            logger.exception("A worker ends.")
            os._exit(1)
        os._exit(0)


def ended() -> Iterator[tuple[int, int]]:
    """The ids and the statuses of child processes that ended since the last time."""
    while True:
        try:
            process_id, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not process_id:
            return
        yield process_id, status
