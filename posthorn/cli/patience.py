"""Waiting for a service that cannot for now: what goes on for long does not end with an outage of some seconds."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, TypeVar

from posthorn.cli import screen
from posthorn.cli.exits import Code, code_of

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_WAIT_S: Final = 1.0
"""Doubled with each further try; the client has tried for some seconds by itself before that."""
WAIT_MAX_S: Final = 30.0

_Found = TypeVar("_Found")


def ask(question: Callable[[], _Found]) -> _Found:
    """The answer to a question, asked until the service can answer. The outage, and its end, are noted on standard error.

    Only what may pass is waited for: a key that was revoked, or a webhook that is gone, is raised at once.
    """
    from posthorn.client import PosthornClientError

    wait_s, is_out = FIRST_WAIT_S, False
    while True:
        try:
            found = question()
        except PosthornClientError as error:
            if code_of(error) is not Code.UNREACHABLE:
                raise
            if not is_out:
                screen.tell(f"{error} Waiting until it answers again; Ctrl-C ends this.")
            is_out = True
            time.sleep(max(wait_s, getattr(error, "retry_after_s", 0.0)))
            wait_s = min(2 * wait_s, WAIT_MAX_S)
        else:
            if is_out:
                screen.tell("The service answers again.")
            return found
