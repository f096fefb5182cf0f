"""The trace header of the current invocation, which botocore sends with each request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import greenlet

if TYPE_CHECKING:
    from testbed.aws.lineage import Lineage


class Invocation(greenlet.greenlet):
    """One run of a handler. `waited_s` is its time of waiting for receivers."""

    waited_s = 0.0
    chain: Lineage | None = None
    is_killed = False


def header_here() -> str:
    """The header; empty outside of an invocation, and in one that no queue started."""
    running = greenlet.getcurrent()
    return running.chain.header if isinstance(running, Invocation) and running.chain is not None else ""
