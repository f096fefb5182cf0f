"""DynamoDB and SQS on this machine: ministack, with snapshots, and with long polls that wake at once.

It runs in a virtual environment of its own (ministack pins another botocore), and imports nothing else but the standard
library.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import socket
import sys
from pathlib import Path
from typing import Final

from ministack import app as ministack

from local import backlog, longpolls, snapshots
from local.door import open_door
from local.lifeline import when_parent_is_gone
from local.shortcut import shortened

_NEVER: Final = 1_000_000
"""Collections of the middle generation before a full one."""


async def _serve(descriptor: int, state: snapshots.Snapshots) -> None:
    """Serve on the socket that the parent bound, until the parent is gone."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def end() -> None:
        logging.disable()  # the event loop tells at length of every connection that it breaks off
        loop.call_soon_threadsafe(stop.set)

    when_parent_is_gone(end)
    door = await open_door(state.watch(shortened(ministack.app)), socket.socket(fileno=descriptor))
    taking = asyncio.create_task(state.take_until(stop))
    await stop.wait()
    door.close()
    await taking
    os._exit(0)  # neither open connections nor ministack's own threads need be waited for


def main() -> None:
    """Serve; the arguments are the folder of the state and the number of the listening socket."""
    folder, descriptor = Path(sys.argv[1]), int(sys.argv[2])
    ministack.save_all = lambda _services: None  # the last snapshot is taken here
    longpolls.install()
    backlog.install()
    gc.set_threshold(*gc.get_threshold()[:2], _NEVER)  # a full one looks at each item of each table: 50 ms, to find nothing
    asyncio.run(_serve(descriptor, snapshots.Snapshots(folder)))


if __name__ == "__main__":
    main()
