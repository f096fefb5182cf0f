"""How a child knows that its parent is gone: the parent holds the other end of its standard input, and never writes.

The end closes when the parent stops the child, and just as well when the parent is killed. This holds on any POSIX system,
and for SIGKILL. Standard library alone: the engine imports it from another virtual environment.
"""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_PR_SET_PDEATHSIG: Final = 1
"""prctl(2): the signal that the kernel sends a process when the thread that started it ends."""
_LIBC: Final = ctypes.CDLL(None) if sys.platform == "linux" else None

READY: Final = "ready"
"""The line by which a child says that it is at work."""


def when_parent_is_gone(act: Callable[[], object]) -> None:
    """Call `act`, on a thread of its own, once the parent has stopped this process or has ended."""

    def watch() -> None:
        sys.stdin.buffer.read()
        act()

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


def end_with_parent() -> None:
    """Have Linux end this process when the thread that started it ends, however it ends; elsewhere, do nothing.

    For programs that do not look at their standard input: `subprocess` calls it, as `preexec_fn`, in the child.
    """
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
