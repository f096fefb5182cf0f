"""The API process: the application on the local gateway."""

from __future__ import annotations

import importlib
import os
import socket
import sys
from typing import Final

from local.gateway import Gateway
from local.log import log_as_json
from local.parent_exit import on_parent_exit
from local.warm import warm

_NICENESS: Final = 5
"""So that requests do not delay deliveries, as in AWS."""


def main() -> None:
    """Serve until the parent exits. The first argument is the file descriptor of the listening socket."""
    os.nice(_NICENESS)
    log_as_json()
    warm()
    application = importlib.import_module("app").app
    gateway = Gateway(application, socket.socket(fileno=int(sys.argv[1])), os.environ.get("CORS_ORIGIN", ""))
    on_parent_exit(gateway.shutdown)
    gateway.serve_forever(poll_interval=0.05)
    sys.stdout.flush()
    os._exit(0)  # without waiting for idle connections


if __name__ == "__main__":
    main()
