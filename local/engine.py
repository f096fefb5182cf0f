"""DynamoDB and SQS on this machine: ministack, with snapshots of its state and with long polls that wake at once.

It runs in a virtual environment of its own (ministack pins another botocore), and imports only the standard library besides.
What it replaces inside ministack, and why, is in `docs/adr/0007-local-engine.md`.
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

from local import long_polling, snapshots
from local.http_server import serve
from local.parent_exit import on_parent_exit

_NEVER: Final = 1_000_000
"""Collections of the middle generation before a full one."""


async def _serve(descriptor: int, state: snapshots.Snapshots) -> None:
    """Serve on the socket that the parent has bound, until the parent exits."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def end() -> None:
        logging.disable()  # the event loop logs each connection that it closes
        loop.call_soon_threadsafe(stop.set)

    on_parent_exit(end)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(serve(state.watch(ministack.app), socket.socket(fileno=descriptor), stop))
        tasks.create_task(state.take_until(stop))
    os._exit(0)  # without waiting for open connections or for ministack's own threads


def main() -> None:
    """Serve. The arguments are the folder of the state and the file descriptor of the listening socket."""
    folder, descriptor = Path(sys.argv[1]), int(sys.argv[2])
    ministack.save_all = lambda _services: None  # the last snapshot replaces it
    long_polling.install()
    gc.set_threshold(*gc.get_threshold()[:2], _NEVER)  # a full one visits each item of each table: 50 ms, and finds nothing
    asyncio.run(_serve(descriptor, snapshots.Snapshots(folder)))


if __name__ == "__main__":
    main()
