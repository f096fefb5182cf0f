"""The trace header of the invocation that is running: what botocore would send with each of its requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import greenlet

if TYPE_CHECKING:
    from testbed.aws.lineage import Lineage


class Invocation(greenlet.greenlet):
    """One run of a handler. While it waits for receivers, it adds up for how long."""

    waited_s = 0.0
    chain: Lineage | None = None
    is_killed = False


def header_here() -> str:
    """Empty outside of an invocation, and in one that no queue started: its chain begins."""
    running = greenlet.getcurrent()
    return running.chain.header if isinstance(running, Invocation) and running.chain is not None else ""
