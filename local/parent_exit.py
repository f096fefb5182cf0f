"""How a child process notices that its parent has exited: its standard input, which the parent never writes to, closes.

It closes if the parent stops the child, and also if the parent is killed. This works on any POSIX system, and for SIGKILL.
It uses only the standard library, because the engine imports it in another virtual environment.
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
"""prctl(2): the signal that the kernel sends to a process when the thread that started it exits."""
_LIBC: Final = ctypes.CDLL(None) if sys.platform == "linux" else None

READY: Final = "ready"
"""The line that a child prints when it is ready."""


def on_parent_exit(act: Callable[[], object]) -> None:
    """Call `act`, on a thread of its own, when the parent stops this process or exits."""

    def watch() -> None:
        sys.stdin.buffer.read()
        act()

    threading.Thread(target=watch, name="parent-exit", daemon=True).start()


def exit_with_parent() -> None:
    """Have Linux kill this process when the thread that started it exits. On other systems, do nothing.

    For programs that do not watch their standard input. `subprocess` calls it in the child, as `preexec_fn`.
    """
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
