"""The console as a person uses it: elements are found by role and name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from playwright.sync_api import expect

from testbed.patience import PATIENCE_S

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page

AXE: Final = Path(__file__).parents[2] / "console" / "node_modules" / "axe-core" / "axe.min.js"
_PATIENCE_MS: Final = PATIENCE_S * 1_000
"""Long enough for a busy machine."""
_IS_SERIOUS: Final = frozenset({"serious", "critical"})


class Console:
    """A browser's tab with the console in it."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self._context = context
        self.url = url
        self.errors: list[str] = []
        """The page's errors: exceptions, and violations of its policy. Responses of the API are not errors."""
        context.set_default_timeout(_PATIENCE_MS)
        expect.set_options(timeout=_PATIENCE_MS)
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._record)

    def open(self, place: str = "") -> None:
        """Open a page of the console by its path: `webhooks/new`."""
        self.page.goto(f"{self.url}/console#/{place}")

    def sign_in(self, key: str) -> None:
        """Sign in, from any page."""
        if not self.page.url.startswith(self.url):
            self.open()
        self.page.get_by_label("API key").fill(key)
        self.press("Sign in")
        expect(self.page.get_by_role("navigation", name="Main")).to_be_visible()

    def press(self, name: str) -> None:
        """Click a button."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        """Click a link."""
        self.page.get_by_role("link", name=name, exact=True).first.click()

    def fill(self, label: str, text: str) -> None:
        """Fill in a field."""
        self.page.get_by_label(label, exact=True).fill(text)

    def describe(self, name: str, url: str) -> None:
        """Fill in the form of a new webhook that gets all notifications."""
        self.fill("Name", name)
        self.fill("URL", url)
        self.page.get_by_label("All notifications").check()

    def create(self, name: str, url: str) -> None:
        """Create a webhook that gets all notifications, starting at the list of webhooks."""
        self.follow("New webhook")
        self.describe(name, url)
        self.press("Create the webhook")
        self.keep_secret()
        self.has_title(name)

    def keep_secret(self) -> None:
        """Leave the page that shows the secret of a new webhook once."""
        self.says("whsec_")
        self.page.get_by_label("I have stored the secret in a safe place").check()
        self.press("Go to the webhook")

    def says(self, text: str) -> None:
        """Expect a text to be visible."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def has_title(self, title: str) -> None:
        """Expect to be on a page."""
        expect(self.page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible()

    def is_settled(self) -> None:
        """Wait until nothing is loading."""
        expect(self.page.locator("h1").first).to_be_visible()
        expect(self.page.locator(".loading")).to_have_count(0)

    def alert(self) -> Locator:
        """The error that the page shows."""
        return self.page.get_by_role("alert")

    def recent(self, text: str) -> Locator:
        """The rows with a text among the newest attempts on a webhook's page."""
        return self.page.get_by_role("region", name="Recent attempts").get_by_role("row").filter(has_text=text)

    def copied(self) -> str:
        """The text in the clipboard."""
        found: str = self.page.evaluate("navigator.clipboard.readText()")
        return found

    def serious_findings(self) -> list[dict[str, Any]]:
        """The accessibility violations that axe finds."""
        self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        return [
            {"id": each["id"], "where": [node["html"][:200] for node in each["nodes"]]}
            for each in found["violations"]
            if each["impact"] in _IS_SERIOUS
        ]

    def overflow(self) -> list[str]:
        """Elements that are wider than the page, unless they scroll."""
        found: list[str] = json.loads(self.page.evaluate(_OVERFLOW))
        return found

    def close(self) -> None:
        """Close the tab; raise `AssertionError` if the page had errors."""
        self._context.close()
        assert self.errors == []

    def _record(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self.errors.append(message.text)


_OVERFLOW: Final = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return "[]";
  const out = [...document.body.querySelectorAll("*")].filter((each) => each.getBoundingClientRect().right > width + 1);
  return JSON.stringify(out.slice(0, 5).map((each) => each.outerHTML.slice(0, 120)));
}"""
