"""How a child knows that its parent is gone: the parent holds the other end of its standard input, and never writes.

The end closes when the parent stops the child, and just as well when the parent is killed. This holds on any POSIX system,
and for SIGKILL. Standard library alone: the engine imports it from another virtual environment.
"""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

READY: Final = "ready"
"""The line by which a child says that it is at work."""


def when_parent_is_gone(act: Callable[[], object]) -> None:
    """Call `act`, on a thread of its own, once the parent has stopped this process or has ended."""

    def watch() -> None:
        sys.stdin.buffer.read()
        act()

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
