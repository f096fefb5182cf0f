"""Errors are sentences that a person can act on, and nothing that was entered is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from playwright.sync_api import expect

SENT_CHARACTERS_MAX: Final = 10_000
"""Previews are requested with what was in the form before."""

if TYPE_CHECKING:
    from tests.browser.console import Console
    from tests.browser.scene import Scene
    from tests.local.service import Service


def test_a_wrong_key(console: Console) -> None:
    console.open()
    console.fill("API key", "nonsense")
    console.press("Sign in")
    console.says("The service did not accept the key")
    expect(console.page.get_by_label("API key")).to_be_visible()


def test_a_key_stays_in_the_tab_only(console: Console, service: Service) -> None:
    console.sign_in(service.run["user_key"])
    kept = console.page.evaluate("JSON.stringify([Object.keys(sessionStorage), Object.keys(localStorage), document.cookie])")
    assert kept == '[["posthorn.key"],[],""]'
    console.press("Sign out")
    expect(console.page.get_by_label("API key")).to_be_visible()
    assert console.page.evaluate("sessionStorage.length") == 0


def test_a_key_that_is_revoked_leads_back_to_signing_in(console: Console, service: Service) -> None:
    made = service.call("POST", "/users/2/keys", {"name": "short-lived"}).json()
    console.sign_in(made["key"])
    assert service.call("DELETE", f"/users/2/keys/{made['id']}").ok
    console.open("history")  # it sends requests by itself
    console.says("it was revoked")


def test_a_network_that_drops_while_saving(console: Console, service: Service) -> None:
    console.sign_in(service.run["user_key"])
    console.open("webhooks/new")
    console.describe("Kept", "http://127.0.0.1:9/")
    console.page.context.set_offline(True)
    console.press("Create the webhook")
    console.says("The service cannot be reached.")
    expect(console.page.get_by_label("Name", exact=True)).to_have_value("Kept")
    console.page.context.set_offline(False)
    console.press("Create the webhook")
    console.keep_secret()


def test_a_network_that_drops_while_looking(console: Console, service: Service) -> None:
    console.sign_in(service.run["user_key"])
    console.open("history")
    console.is_settled()
    console.page.context.set_offline(True)
    console.says("cannot be reached")
    console.page.context.set_offline(False)
    expect(console.page.get_by_text("cannot be reached")).to_have_count(0)


def test_a_record_that_is_gone(console: Console, service: Service, scene: Scene) -> None:
    console.sign_in(service.run["user_key"])
    console.open(f"history/{scene.record('failed')}")  # somebody else's
    console.has_title("This record is not here")
    console.follow("Go to the history")
    console.has_title("History")


def test_ten_megabytes_in_the_editor(console: Console, service: Service) -> None:
    console.sign_in(service.run["user_key"])
    console.open("webhooks/new")
    sent: list[int] = []
    console.page.on("request", lambda request: sent.append(len(request.post_data or "")))
    console.page.evaluate("navigator.clipboard.writeText('x'.repeat(10_000_000))")
    for label in ("Sample notification", "URL"):
        field = console.page.get_by_label(label, exact=True)
        before = field.input_value()
        field.press("Control+V")
        expect(field).to_have_attribute("aria-invalid", "true")
        assert field.input_value() == before
    console.says("That was 10.0 MB of text")
    console.fill("URL", "http://127.0.0.1:9/")  # the page still works
    expect(console.page.get_by_label("URL", exact=True)).not_to_have_attribute("aria-invalid", "true")
    assert max(sent, default=0) < SENT_CHARACTERS_MAX


def test_ten_megabytes_that_come_without_the_keyboard(console: Console, service: Service) -> None:
    console.sign_in(service.run["user_key"])
    console.open("webhooks/new")
    console.page.get_by_label("Sample notification").evaluate(
        "(field) => { field.value = 'x'.repeat(10_000_000); field.dispatchEvent(new InputEvent('input', {bubbles: true})); }"
    )
    console.says("That was 10.0 MB of text")
    assert len(console.page.get_by_label("Sample notification").input_value()) < SENT_CHARACTERS_MAX


def test_a_refused_url_is_an_error_of_its_field(console: Console, service: Service) -> None:
    console.sign_in(service.run["user_key"])
    console.open("webhooks/new")
    console.describe("Metadata", "http://169.254.169.254/latest")
    console.press("Create the webhook")
    field = console.page.get_by_label("URL", exact=True)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    console.says("Its host leads to a link-local address")
