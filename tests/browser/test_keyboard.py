"""A webhook's life without a mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from playwright.sync_api import expect

if TYPE_CHECKING:
    from local.receiver import Receiver
    from tests.browser.console import Console
    from tests.local.service import Service

TABS_MAX: Final = 60
_FOCUSED: Final = """() => {
  const here = document.activeElement;
  return (here.labels?.[0]?.innerText ?? here.getAttribute("aria-label") ?? here.innerText ?? "").trim();
}"""


def _tab_to(console: Console, name: str) -> None:
    """Press Tab until the element with this name is focused, and the focus is visible."""
    for _ in range(TABS_MAX):
        console.page.keyboard.press("Tab")
        if console.page.evaluate(_FOCUSED) == name:
            break
    else:
        message = f"Tab does not lead to {name!r}"
        raise AssertionError(message)
    assert console.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


def _arrives_at(console: Console, title: str) -> None:
    """Expect the page, with its heading focused, so that a screen reader reads it."""
    console.has_title(title)
    expect(console.page.get_by_role("heading", level=1)).to_be_focused()


def test_everything_is_done_by_keyboard(console: Console, service: Service, receiver: Receiver) -> None:
    keys = console.page.keyboard
    console.open()
    expect(console.page.get_by_label("API key")).to_be_focused()
    keys.insert_text(service.run["user_key"])
    keys.press("Enter")
    _arrives_at(console, "Webhooks")
    _tab_to(console, "New webhook")
    keys.press("Enter")
    _arrives_at(console, "New webhook")
    _tab_to(console, "URL")
    keys.insert_text(receiver.url)
    _tab_to(console, "Name")
    keys.insert_text("By keyboard")
    _tab_to(console, "Only these types")
    keys.press("ArrowLeft")
    _tab_to(console, "Create the webhook")
    keys.press("Enter")
    console.says("whsec_")
    _arrives_at(console, "“By keyboard” was created")
    _tab_to(console, "I have stored the secret in a safe place")
    keys.press("Space")
    _tab_to(console, "Go to the webhook")
    keys.press("Enter")
    _arrives_at(console, "By keyboard")
    _tab_to(console, "Test")
    keys.press("Enter")
    console.says("The test arrived.")

    _tab_to(console, "Delete")
    keys.press("Enter")
    expect(console.page.get_by_role("dialog")).to_be_visible()
    keys.press("Escape")
    expect(console.page.locator("dialog")).to_have_count(0)  # gone from the page, and not only out of sight
    assert console.page.evaluate(_FOCUSED) == "Delete"  # back to where it was opened
    keys.press("Enter")
    expect(console.page.get_by_role("dialog")).to_be_visible()
    _tab_to(console, "Delete forever")
    keys.press("Enter")
    console.has_title("Webhooks")


def test_the_page_is_reached_past_the_navigation(console: Console, service: Service) -> None:
    console.sign_in(service.run["user_key"])
    console.page.locator("body").evaluate("() => document.activeElement.blur()")
    _tab_to(console, "Skip to the page")
    console.page.keyboard.press("Enter")
    expect(console.page.get_by_role("main")).to_be_focused()
