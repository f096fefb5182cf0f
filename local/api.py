"""The API process: the application behind the local gateway."""

from __future__ import annotations

import importlib
import os
import socket
import sys
from typing import Final

from local.gateway import Gateway
from local.journal import speak_json
from local.lifeline import when_parent_is_gone
from local.warm import warm

_GIVES_WAY: Final = 5
"""What is added to its niceness: as deployed, no number of requests holds up what is being delivered."""


def main() -> None:
    """Serve until the parent is gone; the first argument is the number of the listening socket."""
    os.nice(_GIVES_WAY)
    speak_json()
    warm()
    application = importlib.import_module("app").app
    gateway = Gateway(application, socket.socket(fileno=int(sys.argv[1])), os.environ.get("CORS_ORIGIN", ""))
    when_parent_is_gone(gateway.shutdown)
    gateway.serve_forever(poll_interval=0.05)
    sys.stdout.flush()
    os._exit(0)  # connections that idle are no reason to stay


if __name__ == "__main__":
    main()
