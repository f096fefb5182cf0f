"""Serves ministack over TLS on a socket that the tests bound. It runs in `.venv-engine`, in the project's root folder.

The queues refuse clients without TLS, so the engine of `make run` cannot be used.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from typing import Final

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app as ministack

from local import long_polling
from local.parent_exit import on_parent_exit
from tests.deploy import corrections, rules

_GRACE_S: Final = 0.3


async def _serve(descriptor: str, certificate: str, key: str) -> None:
    """Serve until the parent process has ended."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()

    def end() -> None:
        logging.disable()  # the event loop tells at length of every connection that it breaks off
        loop.call_soon_threadsafe(stop.set)

    on_parent_exit(end)
    config = Config()
    config.bind = [f"fd://{descriptor}"]
    config.certfile, config.keyfile = certificate, key
    config.keep_alive_timeout = 75
    config.graceful_timeout = _GRACE_S
    config.loglevel = "ERROR"
    await serve(ministack.app, config, shutdown_trigger=stop.wait)


def main() -> None:
    """Serve; the arguments are the number of the listening socket, the certificate and its key."""
    os.dup2(sys.stdout.fileno(), sys.stderr.fileno())  # its parent keeps all that it says in one log
    long_polling.install()
    corrections.install()
    rules.install()
    asyncio.run(_serve(*sys.argv[1:]))
    os._exit(0)  # neither open connections nor ministack's own threads need be waited for


if __name__ == "__main__":
    main()
