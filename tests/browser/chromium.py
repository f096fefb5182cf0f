"""Finds the Chromium that the tests use. Run as a program, it exits with 0 if there is one. It needs only Python."""

from __future__ import annotations

import os
import shutil
import sys
from typing import Final

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

OPTIONS: Final = (
    "--no-sandbox",  # tests also run as root, in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",  # it looks for updates and more, where there may be no network
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
)


def chromium() -> str | None:
    """The program in `CHROMIUM`, or the first one that is installed."""
    given = os.environ.get("CHROMIUM")
    return shutil.which(given) if given else next(filter(None, map(shutil.which, _NAMES)), None)


if __name__ == "__main__":
    sys.exit(chromium() is None)
