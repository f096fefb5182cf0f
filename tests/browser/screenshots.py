"""Takes screenshots of the pages: `make screenshots` writes them to `docs/images/console`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from playwright.sync_api import sync_playwright

from tests.browser.chromium import OPTIONS, chromium
from tests.browser.console import Console
from tests.browser.scene import NAMES, Scene
from tests.local.service import Service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import Browser

FOLDER: Final = Path(__file__).parents[2] / "docs" / "images" / "console"
PAGES: Final = {
    "webhooks": "webhooks",
    "webhook": "webhooks/{webhook}",
    "new-webhook": "webhooks/new",
    "history": "history",
    "record": "history/{failed}",
    "users": "users",
    "user": "users/3",
    "types": "types",
    "queues": "queues",
    "audit": "audit",
}
"""Name of the screenshot → path in the console."""
_LOOKS: Final = (("light", 1280, 860), ("dark", 1280, 860), ("light", 390, 844), ("dark", 390, 844))
_SETTLE_MS: Final = 1_500
"""Charts are loaded after the page."""


def main() -> int:
    """Take all screenshots and return the exit status."""
    program = chromium()
    if program is None:
        sys.stderr.write("No Chromium is installed; name one with CHROMIUM=…\n")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, Service(Path(data)) as service, Scene(service) as scene:
        scene.play()
        places = {"webhook": scene.webhooks[NAMES[2]]["id"], "failed": scene.record("failed")}
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=list(OPTIONS))
            for scheme, width, height in _LOOKS:
                _take(browser, service, places, (scheme, width, height))
            browser.close()
    return 0


def _take(browser: Browser, service: Service, places: Mapping[str, str], look: tuple[str, int, int]) -> None:
    """Take the screenshots in one theme."""
    scheme, width, height = look
    context = browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light", viewport={"width": width, "height": height}
    )
    console = Console(context, service.run["url"])
    suffix = f"{scheme}-{'wide' if width > height else 'narrow'}.png"
    console.open()
    console.page.screenshot(path=FOLDER / f"sign-in-{suffix}")
    console.sign_in(service.run["admin_key"])
    for name, place in PAGES.items():
        console.open(place.format(**places))
        console.is_settled()
        console.page.wait_for_timeout(_SETTLE_MS)
        console.page.screenshot(path=FOLDER / f"{name}-{suffix}")
    console.page.goto(f"{console.url}/docs")
    console.is_settled()
    console.page.screenshot(path=FOLDER / f"docs-{suffix}")
    console.close()


if __name__ == "__main__":
    sys.exit(main())
