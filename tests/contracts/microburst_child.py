"""Runs microburst as a child process of the tests: on the parent's socket, without a log, until the parent ends.

The arguments are the engine's address and the number of the listening socket.
"""

from __future__ import annotations

import os
import socket
import sys

from aiohttp import web
from microburst.app import make_app
from microburst.core.pipeline import Microburst

from local.parent_exit import on_parent_exit


def main() -> None:
    """Serve."""
    engine_url, descriptor = sys.argv[1], int(sys.argv[2])
    on_parent_exit(lambda: os._exit(0))
    web.run_app(make_app(Microburst(engine_url)), sock=socket.socket(fileno=descriptor), access_log=None, print=None)


if __name__ == "__main__":
    main()
